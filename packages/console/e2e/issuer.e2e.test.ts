import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { startIssuer, type TestIssuer } from './harness/issuer.ts';
import { judgePage } from './harness/judge.ts';
import type { TestDaemon } from './harness/daemon.ts';
import { onPage, ownDaemon, skip } from './harness/world.ts';
import { openOtherSite } from './harness/other-site.ts';

const EMMA = { sub: 'emma', email: 'emma@example.com', roles: ['ops'] };

let started: Promise<readonly [TestDaemon, TestIssuer]> | null = null;

/** A daemon and its issuer, for all tests here. */
function world(): Promise<readonly [TestDaemon, TestIssuer]> {
  started ??= (async () => {
    const issuer = await startIssuer();
    return [await ownDaemon(issuer.settings), issuer] as const;
  })();
  return started;
}

describe('issuer', { skip }, () => {
  test('issuer: its button signs in, and leads to the page that was asked for', async () => {
    verifies('authority.verified');
    const [daemon, issuer] = await world();
    await issuer.let(EMMA);
    await onPage(daemon, { path: '/halts?q=x', person: null }, async (page) => {
      const button = page.getByRole('link', { name: 'Sign in with Example' });
      await button.waitFor();
      await judgePage(page);
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
      assert.equal(page.url(), `${daemon.url}/console/halts?q=x`);
      await page.getByRole('button', { name: 'Signed in as emma@example.com' }).waitFor();
      await page.getByRole('button', { name: 'Halt…' }).waitFor();
    });
  });

  test('issuer: roles that changed there count from the next signing in', async () => {
    const [daemon, issuer] = await world();
    await onPage(daemon, { path: '/halts', person: null }, async (page) => {
      const enter = async (roles: readonly string[]): Promise<void> => {
        await issuer.let({ ...EMMA, sub: `emma-${roles.join()}`, roles });
        await page.context().clearCookies();
        await page.goto(`${daemon.url}/console/halts`);
        await page.getByRole('link', { name: 'Sign in with Example' }).click();
        await page.getByRole('heading', { name: 'Halts' }).waitFor();
      };
      await enter(['ops']);
      await page.getByRole('button', { name: 'Halt…' }).waitFor();
      await enter(['look']);
      await page.getByRole('button', { name: 'Signed in as emma@example.com' }).waitFor();
      assert.equal(await page.getByRole('button', { name: 'Halt…' }).count(), 0);
    });
  });

  test('issuer: who turned away, has no role or finds it away is told so', async () => {
    const [daemon, issuer] = await world();
    await onPage(daemon, { path: '/halts', person: null }, async (page) => {
      const press = async (): Promise<void> => {
        await page.context().clearCookies();
        await page.getByRole('link', { name: 'Sign in with Example' }).click();
      };
      await issuer.let(null);
      await press();
      await page.getByRole('alert').filter({ hasText: 'broken off at the issuer' }).waitFor();
      assert.equal(page.url(), `${daemon.url}/console/halts`);
      await judgePage(page);
      await issuer.let({ ...EMMA, sub: 'nobody', roles: [] });
      await press();
      await page.getByRole('alert').filter({ hasText: 'You have no role here' }).waitFor();
      await daemon.down();
      await issuer.turn('off');
      await daemon.up();
      await press();
      await page.getByRole('alert').filter({ hasText: 'The issuer cannot be reached' }).waitFor();
      assert.equal(page.url(), `${daemon.url}/console/halts`);
      await issuer.turn('on');
      await issuer.let(EMMA);
      await press();
      await page.getByRole('heading', { name: 'Halts' }).waitFor();
    });
  });

  test('issuer: an address puts no words of its own on the page', async () => {
    const [daemon] = await world();
    const path = '/halts#problem=call%20555-1234%20and%20say%20your%20key';
    await onPage(daemon, { path, person: null }, async (page) => {
      await page.getByRole('alert').filter({ hasText: 'came to nothing' }).waitFor();
      assert.equal((await page.content()).includes('555'), false);
      assert.equal(page.url(), `${daemon.url}/console/halts`);
    });
  });

  test('issuer: a page of others begins nothing by itself', async () => {
    const [daemon, issuer] = await world();
    await issuer.let(EMMA);
    await onPage(daemon, { path: '/', person: null }, async (page) => {
      const button = page.getByRole('link', { name: 'Sign in with Example' });
      const href = await button.getAttribute('href');
      const place = await openOtherSite(`${daemon.url}${String(href)}`);
      await page.goto(place);
      await page.getByRole('link', { name: 'look here' }).click();
      await button.waitFor();
      assert.equal(page.url(), `${daemon.url}/console/`);
    });
  });
});
