import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, sharedDaemon, skip } from './harness/world.ts';

/** Presses the newest refusal on the first page, and waits for the session around it. */
async function openRefusal(page: Page): Promise<void> {
  const lately = page.locator('section', { hasText: 'Refused lately' });
  await lately.locator('tbody a').first().click();
  await page.getByRole('heading', { name: /^Session of /, level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'What decided' }).waitFor();
}

describe('trace', { skip }, () => {
  test('trace: the stopped attack, why, and its proof are three presses away', async () => {
    verifies('evidence.explain');
    await onPage(await sharedDaemon(), { path: '/' }, async (page) => {
      await openRefusal(page);
      await page.getByRole('button', { name: 'Open what is sealed' }).first().click();
      await page.getByRole('heading', { name: 'Rules, in the order tried' }).waitFor();
      await page.getByText('recomputed', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Proof' }).click();
      await page.getByText('signed, unanchored').waitFor();
    });
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`trace: a session stands there at every width, ${theme}`, async () => {
      await onPage(await sharedDaemon(), { path: '/', theme }, async (page) => {
        await openRefusal(page);
        await page.getByRole('button', { name: 'Open what is sealed' }).first().click();
        await page.getByRole('heading', { name: 'Rules, in the order tried' }).waitFor();
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await judgePage(page);
          if (width === 1280) await takePicture(page, `session-${theme}`);
        }
        await page.setViewportSize({ width: 320, height: 900 });
        await page.getByRole('link', { name: 'All entries' }).click();
        await page.getByText('The principal said').waitFor();
        await judgePage(page);
      });
    });
  }

  test('trace: a session that is none says so', async () => {
    await onPage(await sharedDaemon(), { path: '/sessions/ses_none' }, async (page) => {
      await page.getByText('there is no session `ses_none`').waitFor();
      await judgePage(page);
    });
  });
});
