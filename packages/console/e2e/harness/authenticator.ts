import type { Page } from 'playwright-core';

/** Gives a page an authenticator of the browser's own, which keeps passkeys and verifies alone. */
export async function giveAuthenticator(page: Page): Promise<void> {
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
export async function enrolPasskey(): Promise<void> {
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
