import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { onPage, skip } from './harness/world.ts';

const BOUNDS =
  'limit: { calls: 2, per: session }, budget: { sum: args.amount, max: "10.00", per: day }';

describe('bounds', { skip }, () => {
  test('bounds: what is used of each is shown, and follows what the agent does', async () => {
    verifies('pact.limits');
    const desk = await openDesk({ bounds: BOUNDS });
    const session = await desk.payRefund();
    await onPage(desk.daemon, { path: '/agents/support' }, async (page) => {
      const budget = page.getByRole('meter', { name: 'Used of 10.00 of amount per day by refund' });
      await page.getByText('5 of 10.00 used, 5 left').waitFor();
      assert.equal(await budget.getAttribute('aria-valuenow'), '50');
      await page.getByText('1 of 2 used, 1 left').waitFor();
      const most = page.getByRole('link', { name: 'the session that used most' });
      assert.match((await most.getAttribute('href')) ?? '', new RegExp(`/sessions/${session}$`));
      await page.getByText('a call for more is refused until it begins anew').waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
      }
      await desk.payRefund();
      await page.getByText('10 of 10.00 used, 0 left').waitFor();
      assert.equal(await budget.getAttribute('aria-valuenow'), '100');
      await judgePage(page);
    });
  });
});
