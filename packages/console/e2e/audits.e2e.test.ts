import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type Desk, LENA, openDesk, textAt } from './harness/desk.ts';
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

  test('audits: a press draws, and figures say what was judged and what is open', async () => {
    verifies('human.audit-sample');
    const desk = await openDesk();
    await desk.daemon.ask('POST', '/api/v1/agents/support/audits');
    await desk.close(await desk.payRefund());
    await desk.close(await desk.payRefund());
    await onPage(desk.daemon, { path: '/audits?show=audits' }, async (page) => {
      await page.getByRole('button', { name: 'Draw from support' }).click();
      await page.getByText('Drew one session of support').first().waitFor();
      await page.getByRole('cell', { name: '0 of 1' }).waitFor();
      await judgePage(page);
      const rows = page.getByRole('row').filter({ hasText: '0 of 1' });
      await rows.getByRole('link', { name: 'support' }).click();
      await page.getByRole('heading', { name: 'Audit of support' }).waitFor();
      await page.getByText('One session is still to be judged').waitFor();
      await page.getByText('As the agent reported').waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
      }
      for (const item of await drawnItems(desk)) await judgeRight(desk, item);
      await page.getByText('One session is still to be judged').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'By what the agent reported' }).waitFor();
      await judgePage(page);
    });
  });
});

async function drawnItems({ daemon }: Desk): Promise<readonly string[]> {
  const queue = await daemon.ask('GET', '/api/v1/audits/queue');
  const rows: unknown = Reflect.get(Object(queue), 'rows');
  return (Array.isArray(rows) ? rows : []).map((row) => textAt(row, 'item'));
}

async function judgeRight({ daemon }: Desk, item: string): Promise<void> {
  const opened = await daemon.ask('GET', `/api/v1/audits/items/${item}`);
  const claims: unknown = Reflect.get(Object(opened), 'claims');
  const found = (Array.isArray(claims) ? claims : []).map((claim: unknown) => ({
    claim: textAt(claim, 'claim'),
    finding: 'right',
  }));
  const judgement = { resolved: 'yes', claims: found };
  await daemon.ask('POST', `/api/v1/audits/items/${item}/judgement`, judgement);
}
