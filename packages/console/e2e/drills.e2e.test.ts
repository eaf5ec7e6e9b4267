import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { LENA, openDesk } from './harness/desk.ts';
import { judgePage, WIDTHS } from './harness/judge.ts';
import { onPage, ownDaemon, skip } from './harness/world.ts';

describe('drills', { skip }, () => {
  test('drills: without agents it says what a drill is', async () => {
    await onPage(await ownDaemon(), { path: '/drills' }, async (page) => {
      await page.getByText('No agents to drill').waitFor();
      await judgePage(page);
    });
  });

  test('drills: a press practises the halt, and what was measured is shown', async () => {
    verifies('human.halt');
    const { daemon } = await openDesk();
    const path = '/drills';
    await onPage(daemon, { path, person: LENA }, async (page) => {
      await page.getByText('never drilled').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Run now the drill of support' }).click();
      await page.getByRole('link', { name: 'See what was measured' }).click();
      await page.getByRole('heading', { name: 'Drill of support' }).waitFor();
      await page.getByRole('cell', { name: 'leases', exact: true }).waitFor();
      await page.getByText('asked by').waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      await judgePage(page);
    });
  });
});
