import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, sharedDaemon, skip } from './harness/world.ts';

const TABS = ['actions', 'tools', 'sessions', 'versions'] as const;

describe('agent', { skip }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`agent: five answers stand on top at every width, ${theme}`, async () => {
      verifies('fleet.inventory');
      const path = '/agents/banking';
      await onPage(await sharedDaemon(), { path, theme }, async (page) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await page.getByRole('heading', { name: 'Time to halt' }).waitFor();
          for (const title of ['Scope', 'Enforcement', 'Signals', 'Record']) {
            assert.equal(await page.getByRole('heading', { name: title }).count(), 1);
          }
          await page.getByText('tools: ').first().waitFor();
          await page.getByRole('heading', { name: 'Latest actions' }).waitFor();
          await judgePage(page);
          if (width === 1280) await takePicture(page, `agent-${theme}`);
        }
      });
    });

    test(`agent: every tab stands there at every width, ${theme}`, async () => {
      await onPage(await sharedDaemon(), { path: '/agents/banking', theme }, async (page) => {
        for (const tab of TABS) {
          await page.goto(`${(await sharedDaemon()).url}/console/agents/banking/${tab}`);
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            await page.getByRole('table').first().waitFor();
            await judgePage(page);
          }
        }
      });
    });
  }

  test('agent: an agent nobody added is said to be none', async () => {
    await onPage(await sharedDaemon(), { path: '/agents/nobody-here' }, async (page) => {
      await page.getByText('No agent of this name').waitFor();
      await judgePage(page);
    });
  });
});
