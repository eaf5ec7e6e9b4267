import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { enrolPasskey, giveAuthenticator } from './harness/authenticator.ts';
import { judgePage } from './harness/judge.ts';
import { onPage, ownDaemon, signIn, skip } from './harness/world.ts';

describe('passkey', { skip }, () => {
  test('passkey: an enrolled one signs its person in without a name or a key', async () => {
    const daemon = await ownDaemon();
    const origin = daemon.url.replace('127.0.0.1', 'localhost');
    await daemon.down();
    await daemon.up({
      'authority.webauthn.rpId': 'localhost',
      'authority.webauthn.origins': origin,
    });
    const local = { ...daemon, url: origin };
    await onPage(local, { path: '/', person: null }, async (page) => {
      await giveAuthenticator(page);
      await signIn(local, page, undefined);
      await page.evaluate(enrolPasskey);
      // Who has a passkey alone proves themself by it to add an app.
      await page.goto(`${origin}/console/settings/factors`);
      await page.getByRole('button', { name: 'Add a factor…' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('my phone');
      await page.getByText('Your browser asks for your passkey').waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByRole('img', { name: 'QR code of the secret' }).waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
      await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      assert.equal(page.url(), `${origin}/console/settings/factors`);
    });
  });
});
