import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import type { Page } from 'playwright-core';

import type { TestDaemon } from './harness/daemon.ts';
import { textAt } from './harness/desk.ts';
import { judgePage } from './harness/judge.ts';
import { openOtherSite } from './harness/other-site.ts';
import { onPage, onWindows, ownDaemon, sharedDaemon, skip } from './harness/world.ts';

describe('door', { skip }, () => {
  test('door: a link of somebody else asks before it is used, and staying keeps it', async () => {
    verifies('authority.verified');
    const daemon = await ownDaemon();
    await addPerson(daemon, 'lena', ['viewer']);
    const link = await linkFor(daemon, 'lena');
    await onPage(daemon, { path: '/', width: 320 }, async (page) => {
      await page.goto(link);
      await page.getByText('This link signs you in as lena. You are signed in as admin.').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Stay admin' }).click();
      await nameIs(page, 'admin');
      assert.equal((await signIns(daemon)).length, 1);
      await page.goto(link);
      await page.getByRole('button', { name: 'Continue as lena' }).click();
      await nameIs(page, 'lena');
      // What the browser was signed in with before is over with it.
      assert.deepEqual(await signIns(daemon), []);
      await page.goto(link);
      await page.getByRole('alert').filter({ hasText: 'The link was used' }).waitFor();
      await page.getByRole('button', { name: 'Stay lena' }).click();
      await nameIs(page, 'lena');
    });
  });

  test('door: a link that a page of others led to asks first', async () => {
    const daemon = await sharedDaemon();
    await addPerson(daemon, 'door-nora', ['viewer']);
    const link = await linkFor(daemon, 'door-nora');
    const place = await openOtherSite(link);
    for (const origin of [place, place.replace('localhost', '127.0.0.1')]) {
      await onPage(daemon, { path: '/', person: null }, async (page) => {
        await page.goto(origin);
        await page.getByRole('link', { name: 'look here' }).click();
        await page.getByText('This link signs you in as door-nora.').waitFor();
        await page.getByRole('button', { name: 'Continue as door-nora' }).waitFor();
        assert.equal(page.url(), `${daemon.url}/console/sign-in`);
        await judgePage(page);
        await page.getByRole('button', { name: 'Sign in another way' }).click();
        await page.getByLabel('Your key').waitFor();
      });
    }
  });

  test('door: a link that is put into an open window asks first', async () => {
    const daemon = await sharedDaemon();
    await addPerson(daemon, 'door-otto', ['viewer']);
    const link = await linkFor(daemon, 'door-otto');
    await onPage(daemon, { path: '/sign-in', person: null }, async (page) => {
      await page.getByLabel('Your key').waitFor();
      await page.evaluate((address) => globalThis.location.assign(address), link);
      await page.getByRole('button', { name: 'Continue as door-otto' }).click();
      await nameIs(page, 'door-otto');
      assert.equal(page.url(), `${daemon.url}/console/`);
    });
  });

  test('door: every window follows who is signed in, and forgets who was', async () => {
    const daemon = await ownDaemon();
    await addPerson(daemon, 'lena', ['viewer']);
    await addPerson(daemon, 'secret-of-admins', ['viewer']);
    await onWindows(daemon, { paths: ['/settings/people', '/'] }, async (one, other) => {
      await one.getByRole('cell', { name: 'secret-of-admins' }).waitFor();
      await other.goto(await linkFor(daemon, 'lena'));
      await other.getByRole('button', { name: 'Continue as lena' }).click();
      await nameIs(one, 'lena');
      await one.getByText('Your role does not see this.').waitFor();
      assert.equal(await one.getByText('secret-of-admins').count(), 0);
      assert.equal(await one.getByRole('button', { name: 'Halt…' }).count(), 0);
      await signOut(other, 'Sign out');
      await one.getByText('Your session has ended').waitFor();
      assert.equal(await one.getByText('lena').count(), 0);
    });
  });

  test('door: what a window shows as one person is never asked as another', async () => {
    const daemon = await ownDaemon();
    const key = await addPerson(daemon, 'lena', ['admin']);
    await onPage(daemon, { path: '/settings/people' }, async (page) => {
      await page.getByRole('button', { name: 'New key…' }).click();
      await page.getByLabel('Name').fill('made by mistake');
      // Another program changes the cookie; no window is told.
      const headers = { origin: daemon.url };
      const body = { way: 'key', key };
      await page.request.post(`${daemon.url}/console/session`, { data: body, headers });
      await page.getByLabel('viewer').check();
      await page.getByRole('button', { name: 'Make the key' }).click();
      await nameIs(page, 'lena');
      const { rows } = Object(await daemon.ask('GET', '/api/v1/keys'));
      assert.equal(JSON.stringify(rows).includes('made by mistake'), false);
    });
  });

  test('door: signing out everywhere ends another browser at once', async () => {
    const daemon = await ownDaemon();
    await onTwoBrowsers(daemon, async (one, other) => {
      await one.goto(`${daemon.url}/console/halts`);
      await one.getByRole('heading', { name: 'Halts' }).waitFor();
      await signOut(other, 'Sign out everywhere');
      await other.getByLabel('Your key').waitFor();
      await one.getByText('Your session has ended').waitFor();
      assert.equal(one.url(), `${daemon.url}/console/halts`);
      await one.goBack();
      await one.getByLabel('Your key').waitFor();
    });
  });

  test('door: a key that is revoked ends the page of its holder at once', async () => {
    const daemon = await ownDaemon();
    const key = await addPerson(daemon, 'lena', ['operator']);
    await onPage(daemon, { path: '/', person: 'lena' }, async (page) => {
      await page.getByRole('heading', { name: 'Fleet' }).waitFor();
      await daemon.ask('DELETE', `/api/v1/keys/${key.split('_')[1] ?? ''}`);
      await page.getByText('Your session has ended').waitFor();
      await page.getByLabel('Your key').fill(key);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'revoked or expired' }).waitFor();
    });
  });

  test('door: nobody at an open window is signed out, whatever happens meanwhile', async () => {
    const daemon = await ownDaemon({ 'console.idleMs': '60000' });
    await onTwoBrowsers(daemon, async (left, page) => {
      let made = 0;
      const busy = setInterval(() => {
        made += 1;
        void daemon.ask('POST', '/api/v1/agents', { agent: `busy-${made}` });
      }, 2_000);
      try {
        const stay = page.getByRole('button', { name: 'Stay signed in' });
        await stay.waitFor({ timeout: 50_000 });
        await page.getByText('Nothing was done here for a while').waitFor();
        await judgePage(page);
        const [before] = await signIns(daemon);
        await stay.click();
        await stay.waitFor({ state: 'detached' });
        const [after] = await signIns(daemon);
        assert.ok(Number(after?.['lastAt']) > Number(before?.['lastAt']) + 20_000);
        await left.getByText('Your session has ended').waitFor({ timeout: 90_000 });
        assert.equal(await left.getByText('busy-1').count(), 0);
        await page.getByRole('link', { name: 'busy-1', exact: true }).waitFor();
      } finally {
        clearInterval(busy);
      }
    });
  });

  test('door: too many wrong keys say when to try again', async () => {
    const daemon = await ownDaemon({ 'limits.badKeysPerMinute': '2' });
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      const key = page.getByLabel('Your key');
      for (let tries = 0; tries < 3; tries += 1) {
        await key.fill(`plk_${'0'.repeat(16)}_${String(tries).repeat(64)}`);
        await page.keyboard.press('Enter');
        await page
          .getByRole('button', { name: 'Sign in', exact: true })
          .and(page.locator(':enabled'))
          .waitFor();
      }
      const said = page.getByRole('alert').filter({ hasText: 'Try again from' });
      await said.waitFor();
      assert.match(await said.innerText(), /Try again from \d\d:\d\d:\d\d\.$/);
      await judgePage(page);
      await key.fill(daemon.adminKey);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Fleet' }).waitFor();
    });
  });
});

/** Two browsers in which the first admin is signed in. */
async function onTwoBrowsers(
  daemon: TestDaemon,
  work: (one: Page, other: Page) => Promise<void>,
): Promise<void> {
  await onPage(daemon, { path: '/' }, async (one) => {
    await onPage(daemon, { path: '/' }, (other) => work(one, other));
  });
}

async function addPerson(
  daemon: TestDaemon,
  name: string,
  roles: readonly string[],
): Promise<string> {
  const made = await daemon.ask('POST', '/api/v1/keys', { kind: 'person', name, roles });
  return textAt(made, 'token');
}

async function linkFor(daemon: TestDaemon, person: string): Promise<string> {
  return (await daemon.plumb('console', '--person', person)).trim();
}

/** Where the first admin is signed in. */
async function signIns(daemon: TestDaemon): Promise<readonly Record<string, unknown>[]> {
  const { rows } = Object(await daemon.ask('GET', '/console/sign-ins'));
  return rows;
}

async function nameIs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Signed in as ${name}`, exact: true }).waitFor();
}

async function signOut(page: Page, how: string): Promise<void> {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: how, exact: true }).click();
}
