import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { judgePage } from './harness/judge.ts';
import { agentLink, onPage, ownDaemon, sharedDaemon, signIn, skip } from './harness/world.ts';

describe('sign-in', { skip }, () => {
  for (const theme of ['light', 'dark'] as const) {
    test(`sign-in: the page is usable by everybody, ${theme}`, async () => {
      const look = { path: '/', person: null, width: 320, theme };
      await onPage(await sharedDaemon(), look, async (page) => {
        await page.getByRole('heading', { name: 'Sign in to Plumbline' }).waitFor();
        await judgePage(page);
      });
    });
  }

  test('sign-in: a key leads to the page that was asked for, by keyboard alone', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/halts?q=x', person: null }, async (page) => {
      await page.getByLabel('Your key').waitFor();
      await page.keyboard.type('plk_0000000000000000_wrong');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await page.getByLabel('Your key').fill(daemon.adminKey);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
      assert.match(page.url(), /\/console\/halts\?q=x$/);
    });
  });

  test('sign-in: a link signs in once, and is gone from the address', async () => {
    const daemon = await sharedDaemon();
    const made = await daemon.ask('POST', '/console/links', {});
    const link = `${daemon.url}${String(Reflect.get(Object(made), 'path'))}`;
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      await page.goto(link);
      await page.getByRole('heading', { name: 'Fleet' }).waitFor();
      assert.equal(page.url(), `${daemon.url}/console/`);
    });
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      await page.goto(link);
      await page.getByRole('alert').waitFor();
      assert.equal(page.url(), `${daemon.url}/console/sign-in`);
    });
  });

  test('sign-in: a tab says who acts once another tab signed in somebody else', async () => {
    const daemon = await ownDaemon();
    const person = { kind: 'person', name: 'lena', roles: ['viewer'] };
    const made = await daemon.ask('POST', '/api/v1/keys', person);
    await onPage(daemon, { path: '/' }, async (page) => {
      await page.getByRole('button', { name: 'Signed in as admin' }).waitFor();
      const body = { way: 'key', key: String(Reflect.get(Object(made), 'token')) };
      const headers = { origin: daemon.url };
      const answer = await page.request.post(`${daemon.url}/console/session`, {
        data: body,
        headers,
      });
      assert.equal(answer.status(), 201);
      await page.evaluate(() => void window.dispatchEvent(new Event('visibilitychange')));
      await page.getByRole('button', { name: 'Signed in as lena' }).waitFor();
      await page.getByRole('button', { name: 'Halt…' }).waitFor({ state: 'detached' });
    });
  });

  test('sign-in: a session that ends meanwhile asks again, and goes on there', async () => {
    const daemon = await ownDaemon();
    await daemon.ask('POST', '/api/v1/agents', { agent: 'banking' });
    const key = Reflect.get(
      Object(
        await daemon.ask('POST', '/api/v1/keys', {
          kind: 'person',
          name: 'lena',
          roles: ['operator'],
        }),
      ),
      'token',
    );
    await onPage(daemon, { path: '/halts', person: null }, async (page) => {
      await page.getByLabel('Your key').fill(String(key));
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
      const id = String(key).split('_')[1] ?? '';
      await daemon.ask('DELETE', `/api/v1/keys/${id}`);
      await page.getByText('Your session has ended').waitFor();
      assert.match(page.url(), /\/console\/halts$/);
      await page.getByLabel('Your key').fill(daemon.adminKey);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
    });
  });

  test('sign-in: signing out forgets what was shown', async () => {
    const daemon = await sharedDaemon();
    await onPage(daemon, { path: '/' }, async (page) => {
      await agentLink(page, 'banking').waitFor();
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
      await page.getByRole('heading', { name: 'Sign in to Plumbline' }).waitFor();
      assert.equal(await page.getByText('banking').count(), 0);
      await signIn(daemon, page, undefined);
    });
  });
});
