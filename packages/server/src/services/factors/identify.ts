import type { JsonObject } from '@plumbline/core';
import { isJsonObject } from '@plumbline/core';

import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { CHALLENGE_MS } from './challenges.ts';
import type { Challenge, Proven } from './factors.ts';
import type { FactorsDesk } from './factors-desk.ts';
import type { OpenChallenges } from './open-challenges.ts';
import { keepUse, NO_SITE, webAuthnOf } from './prove.ts';
import { requestOptions, verifyAnswer } from './webauthn.ts';

/** Makes a challenge that any authenticator with a passkey for this site may answer. */
export async function openChallenge(
  { site }: Pick<FactorsDesk, 'site'>,
  challenges: OpenChallenges,
): Promise<Served<Challenge>> {
  if (site === null) return NO_SITE;
  const { bytes, expiresAtMs } = challenges.make();
  const asked = { challenge: bytes, timeoutMs: CHALLENGE_MS, known: [] };
  return served({ options: await requestOptions(site, asked), expiresAtMs });
}

// One fault in all cases: nobody learns whose passkeys there are.
const WRONG: Served<never> = refused(
  'bad-proof',
  'the passkey is not taken: it is unknown here, or its answer does not hold',
);

/** Returns whose authenticator answered: the passkey itself says whom it was made for. */
export async function identify(
  desk: FactorsDesk,
  challenges: OpenChallenges,
  response: JsonObject,
): Promise<Served<Proven>> {
  const { site } = desk;
  if (site === null) return NO_SITE;
  const person = personIn(response);
  if (person === undefined) return WRONG;
  return desk.turn(person, async () => {
    const record = await desk.store.load(person);
    const known = webAuthnOf(record).find(({ credential }) => credential === response['id']);
    if (known === undefined) return WRONG;
    const answer = await verifyAnswer(site, { known, response }, (each) => challenges.take(each));
    if (!answer.ok) return WRONG;
    const at = desk.clock();
    const factor = { ...known, counter: answer.value, usedAt: at };
    await keepUse(desk, person, { record, factor });
    return served({ factor: known.id, mechanism: 'webauthn', person, at });
  });
}

/** The handle a passkey was made with is the pseudonym of its person. */
function personIn({ response }: JsonObject): string | undefined {
  const handle = response !== undefined && isJsonObject(response) ? response['userHandle'] : null;
  const text = typeof handle === 'string' ? Buffer.from(handle, 'base64url').toString('utf8') : '';
  return /^per_[0-9a-f]{32}$/.test(text) ? text : undefined;
}
