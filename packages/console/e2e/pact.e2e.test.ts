import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { judgePage, WIDTHS } from './harness/judge.ts';
import { lookingPact, writePact } from './harness/pact-text.ts';
import { takePicture } from './harness/picture.ts';
import { onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

async function publish(page: Page, button: 'Publish' | 'Shadow', reason: string): Promise<void> {
  await page.getByText('Ready to arm').waitFor();
  await page.getByRole('button', { name: `${button}…` }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await page.getByRole('textbox', { name: 'Reason' }).press('Control+Enter');
  await page.getByRole('cell', { name: reason }).waitFor();
}

describe('the pact of an agent', { skip }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`pact: it is shown in words beside its text at every width, ${theme}`, async () => {
      await onPage(await sharedDaemon(), { path: '/agents/banking/pact', theme }, async (page) => {
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await page.getByRole('heading', { name: 'It may' }).waitFor();
          await judgePage(page);
          if (width === 1280) await takePicture(page, `pact-${theme}`);
        }
      });
    });
  }

  test('pact: it is written, checked, published, changed and rolled back', async () => {
    verifies('pact.versions');
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'written-here' });
    await onPage(daemon, { path: '/agents/written-here/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('written-here', 5).replace('tool: find', 'tool: fnid'));
      await page
        .getByText(/unknown tool fnid/)
        .first()
        .waitFor();
      assert.equal(await page.getByRole('button', { name: 'Publish…' }).isDisabled(), true);
      await judgePage(page);
      await writePact(page, lookingPact('written-here', 5));
      await publish(page, 'Publish', 'the first one');
      await page.getByRole('tab', { name: 'Pact' }).click();
      await writePact(page, lookingPact('written-here', 3));
      await page.getByText(/thing.* something else/).waitFor();
      await publish(page, 'Publish', 'fewer look-ups');
      await page.getByRole('button', { name: 'Roll back…' }).click();
      await page
        .getByRole('dialog')
        .getByText(/something else/)
        .waitFor();
      await judgePage(page);
      await page.getByRole('textbox', { name: 'Reason' }).fill('three were too few');
      await page.getByRole('textbox', { name: 'Reason' }).press('Control+Enter');
      await page.getByRole('cell', { name: 'three were too few' }).waitFor();
      await page.getByRole('tab', { name: 'Pact' }).click();
      await writePact(page, lookingPact('written-here', 4));
      await publish(page, 'Shadow', 'four, beside it');
      await page.getByRole('button', { name: 'End the shadow' }).click();
      await page.getByRole('cell', { name: 'withdrawn' }).waitFor();
    });
  });

  test('pact: a candidate is tried on what was recorded before it is published', async () => {
    verifies('evidence.recompute');
    await onPage(await sharedDaemon(), { path: '/agents/banking/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('banking', 5));
      await page.getByRole('button', { name: 'Try against history…' }).click();
      await page.getByText(/of 76 recorded decisions would go otherwise/).waitFor();
      await page.getByRole('dialog').getByText('refused').first().waitFor();
      await judgePage(page);
      await takePicture(page, 'pact-tried');
      await page.getByRole('button', { name: 'Close' }).click();
    });
  });

  test('pact: a trial says what it leads to, and ends with its window', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/agents/banking/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('banking', 5));
      const pressTry = page.getByRole('button', { name: 'Try against history…' });
      await page.route('**/pacts/try', () => undefined);
      const begun = page.waitForRequest('**/pacts/try');
      await pressTry.click();
      const request = await begun;
      const ended = page.waitForEvent('requestfailed', (each) => each === request);
      await page.getByRole('dialog').getByText('0 entries so far').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Stop' }).click();
      assert.match((await ended).failure()?.errorText ?? '', /ERR_ABORTED/);
      await page.unroute('**/pacts/try');
      await pressTry.click();
      await page.getByText('What the agent would have done after another answer').waitFor();
      await page
        .getByRole('link', { name: / at entry [0-9]+$/ })
        .first()
        .click();
      await page.getByRole('heading', { name: /^Session / }).waitFor();
      assert.match(page.url(), /\/sessions\/[^/]+\?entry=[0-9]+/);
    });
  });

  test('pact: where publishing takes two, another person gives the second word', async () => {
    const daemon = await ownDaemon({ 'publishing.people': '2' });
    await daemon.ask('POST', '/api/v1/agents', { agent: 'desk' });
    await daemon.ask('POST', '/api/v1/keys', { kind: 'person', name: 'bo', roles: ['approver'] });
    await onPage(daemon, { path: '/agents/desk/pact' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      await writePact(page, lookingPact('desk', 5));
      await publish(page, 'Publish', 'for the desk');
      await page.getByRole('cell', { name: 'proposed' }).waitFor();
    });
    await onPage(daemon, { path: '/agents/desk/versions', person: 'bo' }, async (page) => {
      await page.getByRole('button', { name: 'Approve…' }).click();
      await page.getByText('this would be the first').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Approve and arm it' }).click();
      await page.getByRole('cell', { name: 'armed' }).waitFor();
    });
  });

  test('pact: who may only look cannot write', async () => {
    const daemon = await sharedDaemon();
    await daemon.ask('POST', '/api/v1/keys', { kind: 'person', name: 'lena', roles: ['viewer'] });
    await onPage(daemon, { path: '/agents/banking/pact', person: 'lena' }, async (page) => {
      await page.getByText('Ready to arm').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Publish…' }).count(), 0);
      await writePact(page, 'nothing');
      await page.getByText('agent: banking').first().waitFor();
    });
  });
});
