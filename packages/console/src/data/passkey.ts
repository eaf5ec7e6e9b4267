import { askJson } from './api.ts';

/** Returns whether this browser can ask for a passkey. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential === 'function' &&
    'parseRequestOptionsFromJSON' in PublicKeyCredential
  );
}

/**
 * Asks whoever sits there for a passkey of theirs. Returns what the daemon takes for signing in.
 *
 * Throws where the daemon makes no challenge, and where the person gives no passkey.
 */
export async function askPasskey(): Promise<Readonly<Record<string, unknown>>> {
  const said = await askJson('/console/challenge', { method: 'POST' });
  const options: unknown = Reflect.get(Object(said), 'options');
  // The daemon's challenge is in the form the browser parses, which throws where it is not.
  const wanted = options as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(wanted);
  const credential = await given(navigator.credentials.get({ publicKey }));
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was given');
  return { way: 'passkey', response: credential.toJSON() };
}

/** What a browser says of a person who turns away tells them nothing. */
async function given(asked: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await asked;
  } catch (cause) {
    throw new Error('no passkey was given: none is here for this page, or it was not confirmed', {
      cause,
    });
  }
}
