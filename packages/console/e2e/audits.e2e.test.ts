import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LENA, openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, skip } from './harness/world.ts';

describe('audits', { skip }, () => {
  test('audits: without one the page says how the first begins', async () => {
    const { daemon } = await openDesk();
    await onPage(daemon, { path: '/audits' }, async (page) => {
      await page.getByText('Nothing waits to be judged').waitFor();
      await judgePage(page);
      await page.getByRole('tab', { name: 'Audits' }).click();
      await page.getByText('No audit runs').waitFor();
      await judgePage(page);
      await page.getByLabel('Begin to audit').selectOption('support');
      await page.getByRole('button', { name: 'Begin' }).click();
      await page.getByRole('cell', { name: 'running' }).waitFor();
    });
  });

  test('audits: a drawn session is judged claim by claim, without what was reported', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    await desk.daemon.ask('POST', '/api/v1/agents/support/audits');
    const session = await desk.payRefund();
    await desk.close(session);
    await desk.daemon.ask('POST', '/api/v1/agents/support/audits/draw', {});
    await onPage(desk.daemon, { path: '/audits', person: LENA }, async (page) => {
      await page.locator('tr[data-row="0"] a').click();
      await page.getByRole('heading', { name: 'A session to judge' }).waitFor();
      await page.getByText('please pay me back for order A-1042').waitFor();
      const record = page.getByRole('button', { name: 'Record what I found' });
      assert.equal(await record.isDisabled(), true);
      for (const each of await page.getByRole('radio', { name: 'wrong' }).all()) {
        await each.check();
      }
      await page.getByLabel('What it should have been').first().selectOption('should-ask');
      await page.getByRole('radio', { name: 'no', exact: true }).check();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1000 });
        await judgePage(page);
        if (width === 1280) await takePicture(page, 'audit-light');
      }
      await record.click();
      await page.getByText('Nothing waits to be judged').waitFor();
      await page.getByRole('tab', { name: 'Audits' }).click();
      await page.getByRole('cell', { name: '1 of 1' }).waitFor();
    });
  });
});
