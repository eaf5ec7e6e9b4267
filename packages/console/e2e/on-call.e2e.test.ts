import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import { addKey, LENA, openDesk } from './harness/desk.ts';
import { judgePage } from './harness/judge.ts';
import { agentLink, onPage, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

const REASON = 'sends money to an account nobody knows';

/** What has the focus, as its element and what it says: where a keyboard is. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const on = document.activeElement;
    return `${on?.tagName.toLowerCase() ?? ''} ${on?.textContent?.trim() ?? ''}`;
  });
}

/** Presses Tab until what is wanted has the focus; fails where that is never reached. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (wanted.test(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(
    `nothing like ${String(wanted)} is reached by Tab; it stands at ${await focused(page)}`,
  );
}

describe('newcomer', { skip }, () => {
  test('newcomer: attack, explanation and proof take three presses, also on a phone', async () => {
    verifies('evidence.explain');
    const daemon = await ownDaemon();
    await daemon.feed();
    await onPage(daemon, { path: '/', width: 320, height: 700 }, async (page) => {
      const lately = page.locator('section', { hasText: 'Refused lately' });
      const first = lately.locator('tbody a').first();
      assert.equal(await first.innerText(), 'send_money');
      await first.click();
      await page.getByRole('heading', { name: 'Session of banking', level: 1 }).waitFor();
      await page.getByRole('heading', { name: 'What decided' }).waitFor();
      await page.getByText('task:adjust-standing-order').first().waitFor();
      await page.getByRole('button', { name: 'Open what is sealed' }).first().click();
      await page.getByRole('heading', { name: 'Rules, in the order tried' }).waitFor();
      await page.getByText('recomputed', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Proof' }).click();
      await page.getByRole('heading', { name: 'Inclusion holds' }).waitFor();
      await page.getByText('signed, unanchored').waitFor();
    });
  });
});

describe('on call', { skip }, () => {
  test('on call: `?` names the keys, unless letter keys are off or somebody writes', async () => {
    await onPage(await sharedDaemon(), { path: '/' }, async (page) => {
      await agentLink(page, 'banking').waitFor();
      await page.getByRole('searchbox').fill('?');
      assert.equal(await page.getByRole('dialog').count(), 0);
      await page.getByRole('heading', { name: 'Fleet', level: 1 }).focus();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await judgePage(page);
      await page.keyboard.press('Escape');
      await page.locator('h1:focus', { hasText: 'Fleet' }).waitFor();
    });
  });

  test('on call: on a phone, who is halted, why, what it did, and the button', async () => {
    verifies('human.halt', 'fleet.inventory');
    const daemon = await ownDaemon();
    await daemon.feed();
    const olga = { kind: 'person', name: 'Olga', roles: ['operator'] };
    await addKey(daemon, olga);
    await daemon.ask('POST', '/api/v1/agents/banking/halt', { scope: 'agent', reason: REASON });
    const look = { path: '/', person: 'Olga', width: 320, height: 700 };
    await onPage(daemon, look, async (page) => {
      const row = page.locator('tr[data-row="0"]');
      await row.getByText('halted', { exact: true }).waitFor();
      await row.getByText(REASON).waitFor();
      await row.getByRole('button', { name: 'Resume' }).waitFor();
      await agentLink(page, 'banking').click();
      await page.getByRole('heading', { name: 'banking', level: 1 }).waitFor();
      await page.getByText(`Halted because: ${REASON}`).waitFor();
      await page.getByText('by admin').waitFor();
      await judgePage(page);
      await page.getByRole('link', { name: 'What it did, and how far the halt is' }).click();
      await page.getByRole('heading', { name: 'What it did before' }).waitFor();
      await page.getByRole('link', { name: 'update_scheduled_transaction' }).first().waitFor();
      await page.getByText('in force').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.keyboard.type('the account is ours');
      await page.keyboard.press('Control+Enter');
      await page.getByText('resumed', { exact: true }).waitFor();
    });
  });

  test('on call: the same by keyboard alone; closing a dialog gives the focus back', async () => {
    verifies('human.halt');
    const daemon = await sharedDaemon();
    const agent = 'halted-for-keys';
    await daemon.ask('POST', '/api/v1/agents', { agent });
    await daemon.ask('POST', `/api/v1/agents/${agent}/halt`, { scope: 'agent', reason: REASON });
    await onPage(daemon, { path: `/?q=${agent}` }, async (page) => {
      await agentLink(page, agent).waitFor();
      await page.keyboard.press('Tab');
      assert.match(await focused(page), /^a Skip to the page/);
      await page.keyboard.press('Enter');
      await tabTo(page, /^tr halted-for-keys/);
      await page.keyboard.press('Enter');
      await page.getByText(`Halted because: ${REASON}`).waitFor();
      assert.match(await focused(page), /^h1 halted-for-keys/);
      await tabTo(page, /^a What it did, and how far the halt is/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: `Halt of ${agent}` }).waitFor();
      await tabTo(page, /^button Resume/);
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: `Resume ${agent}` });
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.locator('button:focus', { hasText: 'Resume' }).waitFor();
      await page.keyboard.press('Enter');
      await page.keyboard.type('looked at it');
      await page.keyboard.press('Control+Enter');
      await page.getByText('resumed', { exact: true }).waitFor();
      await page.getByRole('status').getByText(`Resumed ${agent}.`).waitFor();
    });
  });

  test('on call: two actions are decided by keyboard alone, one after the other', async () => {
    verifies('human.approvals');
    const desk = await openDesk();
    const [first, second] = [
      await desk.askRefund({ order: 'A-1042', amount: '31.00' }),
      await desk.askRefund({ order: 'A-1042', amount: '32.00' }),
    ];
    await onPage(desk.daemon, { path: '/attention', person: LENA }, async (page) => {
      await page.getByRole('link', { name: 'an action waits for approval' }).first().waitFor();
      await tabTo(page, /^tr an action waits for approval/);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /^Approve/ }).waitFor();
      const opened = page.url().endsWith(first) ? [first, second] : [second, first];
      await page.keyboard.press('a');
      await page.keyboard.type('the parcel was lost');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Approved by lena@example.com').first().waitFor();
      await page.keyboard.press('j');
      await page.waitForURL(new RegExp(`/approvals/${opened[1]}$`));
      await page.getByRole('button', { name: /^Deny/ }).waitFor();
      await page.keyboard.press('d');
      await page.keyboard.type('asked for twice');
      await page.keyboard.press('Control+Enter');
      await page.getByText('Denied by lena@example.com').first().waitFor();
    });
  });
});
