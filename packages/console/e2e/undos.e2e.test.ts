import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LENA, openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { onPage, skip } from './harness/world.ts';

describe('undos', { skip }, () => {
  test('undos: planned by one person, approved by another, then begun', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    const session = await desk.payRefund();
    await onPage(desk.daemon, { path: '/undos' }, async (page) => {
      await page.getByText('Nothing was taken back').waitFor();
      await judgePage(page);
      await page.getByRole('link', { name: 'Take something back…' }).click();
      await page.getByLabel('Agent').selectOption('support');
      await page.getByLabel('Session').fill(session);
      await page.getByRole('button', { name: 'Plan it' }).click();
      await page.getByLabel('What it takes, as JSON').fill('{"order":"A-1042"}');
      await judgePage(page);
      await page.getByRole('button', { name: 'Fill in' }).click();
      await page.getByRole('button', { name: 'Ask for this action…' }).click();
      await page.getByLabel('Reason').fill('paid to the wrong person');
      await judgePage(page);
      await page.keyboard.press('Control+Enter');
      await page.getByText('waits for approval').waitFor();
      const path = new URL(page.url()).pathname.replace('/console', '');
      await onPage(desk.daemon, { path, person: LENA }, async (other) => {
        await other.getByRole('button', { name: /^Approve/ }).waitFor();
        await other.getByRole('cell', { name: '{"order":"A-1042"}' }).waitFor();
        for (const width of WIDTHS) {
          await other.setViewportSize({ width, height: 800 });
          await judgePage(other);
        }
        await other.keyboard.press('a');
        await other.getByRole('dialog').waitFor();
        await other.keyboard.type('it was a mistake');
        await other.keyboard.press('Control+Enter');
        await other.getByText('approved, not begun').waitFor();
      });
      await page.getByRole('button', { name: 'Run it' }).click();
      await page.getByText('approved, not begun').waitFor({ state: 'detached' });
      await judgePage(page);
    });
  });
});
