import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import type { TestDaemon } from './harness/daemon.ts';
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

/** Opens a session with a room, and has its agent ask for something hostile. */
async function hostileSession(daemon: TestDaemon): Promise<string> {
  const keyOf = async (kind: string): Promise<string> => {
    const body = { kind, name: kind, agents: ['banking'] };
    return String(Reflect.get(Object(await daemon.ask('POST', '/api/v1/keys', body)), 'token'));
  };
  const send = async (path: string, key: string, body: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${daemon.url}/api/v1/agents/banking/${path}`, init)).json();
  };
  const opening = { principal: 'ada', room: 'war room', task: 'review-spending', attributes: {} };
  const opened = await send('sessions', await keyOf('opener'), opening);
  const session = String(Reflect.get(Object(opened), 'session'));
  const args = { recipient: 'x', amount: 5, subject: HOSTILE, date: '2026-01-01' };
  const asked = { session, request: 'r1', tool: 'send_money', args };
  await send('actions/decide', await keyOf('agent'), asked);
  return session;
}

const HOSTILE = 'a\u202eb\u0007<img src=x onerror="document.title=1">';

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
        }
        await page.setViewportSize({ width: 320, height: 900 });
        await page.getByRole('link', { name: 'All entries' }).click();
        await page.getByText('The principal said').waitFor();
        await judgePage(page);
      });
    });
  }

  test('trace: a value leads back to where it stands, and the timeline shows it', async () => {
    verifies('detect.provenance');
    const daemon = await sharedDaemon();
    const path = '/api/v1/agents/banking/decisions?rule=source:send_money.recipient&limit=1';
    const found: unknown = Reflect.get(Object(await daemon.ask('GET', path)), 'rows');
    const [row]: readonly unknown[] = Array.isArray(found) ? found : [];
    const member = (name: string): string => String(Reflect.get(Object(row), name));
    const place = `/sessions/${member('session')}?entry=${member('index')}`;
    await onPage(daemon, { path: place }, async (page) => {
      await page.getByRole('button', { name: 'Open what is sealed' }).first().click();
      await page.getByRole('button', { name: /^recipient/ }).click();
      const origin = page.getByRole('group', { name: 'Where the value comes from' });
      await origin.getByText('not trusted').first().waitFor();
      await page.getByText('stands here, not trusted').first().waitFor();
      await judgePage(page);
      await page.setViewportSize({ width: 1280, height: 1060 });
      await takePicture(page, 'session-origin');
      await origin.getByRole('link').nth(1).click();
      await page.getByRole('link', { name: `Asked for in entry ${member('index')}` }).waitFor();
      await page.getByRole('tab', { name: 'Replay under another pact' }).click();
      await page.getByText(/decisions made again here are the recorded ones/).waitFor();
      await page.getByLabel('Another version of the pact').selectOption({ index: 1 });
      await page.getByText('The other pact decides 0 of them otherwise.').waitFor();
      await judgePage(page);
    });
  });

  test('trace: arrow keys go from entry to entry', async () => {
    await onPage(await sharedDaemon(), { path: '/' }, async (page) => {
      await openRefusal(page);
      await page.locator('[data-entry][aria-current="true"]').focus();
      const before = page.url();
      await page.keyboard.press('ArrowUp');
      await page.waitForFunction((url) => globalThis.location.href !== url, before);
      await page.locator('[data-entry][aria-current="true"]:focus').waitFor();
    });
  });

  test('trace: hostile content is text, and a room shows its sessions in lanes', async () => {
    const daemon = await sharedDaemon();
    const session = await hostileSession(daemon);
    await onPage(daemon, { path: `/sessions/${session}` }, async (page) => {
      await page.getByRole('link', { name: /send_money/ }).click();
      await page.getByRole('button', { name: 'Open what is sealed' }).first().click();
      const value = page.getByRole('button', { name: /^subject/ });
      assert.equal(
        await value.innerText(),
        'subject\naRLObBEL<img src=x onerror="document.title=1">',
      );
      await page.getByRole('link', { name: 'war room' }).click();
      await page.getByRole('button', { name: 'Find its sessions' }).click();
      await page.getByText('All its sessions: one session.').waitFor();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await judgePage(page);
      }
      await page.getByRole('link', { name: /send_money/ }).click();
      await page.getByRole('heading', { name: /^Session of /, level: 1 }).waitFor();
    });
  });

  test('trace: the list of sessions leads to each', async () => {
    await onPage(await sharedDaemon(), { path: '/sessions?agent=slack' }, async (page) => {
      await page.locator('tr[data-row="0"] a').waitFor();
      await judgePage(page);
      await page.locator('tr[data-row="0"] a').click();
      await page.getByRole('heading', { name: 'Session of slack', level: 1 }).waitFor();
    });
  });

  test('trace: a session that is none says so', async () => {
    await onPage(await sharedDaemon(), { path: '/sessions/ses_none' }, async (page) => {
      await page.getByText('there is no session ses_none').waitFor();
      await judgePage(page);
    });
  });
});
