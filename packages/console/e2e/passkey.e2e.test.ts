import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Page } from 'playwright-core';

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
      await page.evaluate(enrol);
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
      await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
      await judgePage(page);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
      await page.getByRole('heading', { name: 'Fleet' }).waitFor();
      assert.equal(page.url(), `${origin}/console/`);
    });
  });
});

/** An authenticator of the browser's own, which keeps passkeys and verifies by itself. */
async function giveAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Enrols a passkey for whoever is signed in. Runs in the page. */
async function enrol(): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', 'x-plumbline-console': '1' };
    const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const said: unknown = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(said));
    return said;
  };
  const begun = await ask('/api/v1/factors', { kind: 'webauthn', name: 'this browser' });
  const member = (name: string): unknown => Reflect.get(Object(begun), name);
  // The daemon's options are in the form the browser parses, which throws where they are not.
  const options = member('options') as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await navigator.credentials.create({ publicKey });
  if (!(made instanceof PublicKeyCredential)) throw new Error('no passkey was made');
  await ask(`/api/v1/factors/${String(member('id'))}/confirm`, { response: made.toJSON() });
}
