import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { CHALLENGE_MS } from './challenges.ts';
import type { FactorRecord, KeptFactor, KeptWebAuthn } from './factor-store.ts';
import type { Asked, Challenge, Proof, Proven, Purpose } from './factors.ts';
import type { Asking, FactorsDesk } from './factors-desk.ts';
import { stepOfCode } from './totp.ts';
import { requestOptions, verifyAnswer } from './webauthn.ts';

const MOST_WRONG = 5;
const LOCK_MS = 15 * 60_000;
const LONGEST_LOCK_MS = 24 * 3_600_000;

/** Makes a challenge for one of a person's authenticators. */
export async function makeChallenge(
  { site, store, challenges }: FactorsDesk,
  { person }: Asking,
  purpose: Purpose,
): Promise<Served<Challenge>> {
  if (site === null) return NO_SITE;
  const known = webAuthnOf(await store.load(person));
  if (known.length === 0) {
    return refused('not-found', 'you have no authenticator: enrol one of kind `webauthn`');
  }
  const made = challenges.make(person, purpose);
  if (made === undefined) {
    return refused('overloaded', 'too many challenges wait for an answer: use one of them');
  }
  const asked = { challenge: made.bytes, timeoutMs: CHALLENGE_MS, known };
  const options = await requestOptions(site, asked);
  return served({ options, expiresAtMs: made.expiresAtMs });
}

/** What is said where no page is configured that authenticators answer to. */
export const NO_SITE: Served<never> = refused(
  'bad-request',
  'WebAuthn is not set up: configure `authority.webauthn.rpId` and `authority.webauthn.origins`',
);

/**
 * Checks a proof and uses it up. Runs in the turn of its person: of two requests with one code
 * the second finds it used.
 */
export async function prove(
  desk: FactorsDesk,
  who: Asking,
  { demand, proof, purpose }: Asked,
): Promise<Served<Proven>> {
  const record = await desk.store.load(who.person);
  if (proof === undefined) return refused('needs-proof', howToProve(record, demand));
  if (demand === 'webauthn' && proof.factor !== 'webauthn') {
    return refused('needs-proof', 'this takes a proof by WebAuthn: a code is not enough');
  }
  return proof.factor === 'totp'
    ? proveCode(desk, who, { record, proof })
    : proveAnswer(desk, who, { record, proof, purpose });
}

function howToProve({ factors }: FactorRecord, demand: Asked['demand']): string {
  const has = factors.some(({ kind }) => demand !== 'webauthn' || kind === 'webauthn');
  const what = demand === 'webauthn' ? 'a proof by WebAuthn' : 'a proof by a second factor';
  return has
    ? `this takes ${what}: send \`proof\` with it`
    : `this takes ${what}, and you have none: \`plumb factor enrol\` sets one up`;
}

type Of<F extends Proof['factor']> = {
  readonly record: FactorRecord;
  readonly proof: Extract<Proof, { readonly factor: F }>;
};

async function proveCode(
  desk: FactorsDesk,
  { person, by }: Asking,
  { record, proof }: Of<'totp'>,
): Promise<Served<Proven>> {
  const at = desk.clock();
  if (record.lockedUntil > at) return lockedUntil(record.lockedUntil, at);
  if (!record.factors.some(({ kind }) => kind === 'totp')) return wrongCode();
  const found = codeOwner(record, proof.code, at);
  if (found === null) return countWrong(desk, { person, by, record });
  const { factor, step } = found;
  await keepUse(desk, person, {
    record: { ...record, wrongCodes: 0, locks: 0 },
    factor: { ...factor, lastStep: step, usedAt: at },
  });
  return served({ factor: factor.id, mechanism: 'totp', person, at });
}

function codeOwner(record: FactorRecord, code: string, at: number) {
  for (const factor of record.factors) {
    if (factor.kind !== 'totp') continue;
    const step = stepOfCode(Buffer.from(factor.secret, 'base64'), code, at);
    if (step !== null && step > factor.lastStep) return { factor, step };
  }
  return null;
}

function wrongCode(): Served<never> {
  return refused('bad-proof', 'the code is wrong, too old, or was used: wait for the next one');
}

function lockedUntil(until: number, now: number): Served<never> {
  const when = new Date(until).toISOString();
  const retryAfterSeconds = Math.max(1, Math.ceil((until - now) / 1_000));
  const say = `too many codes were wrong: none is taken before ${when}`;
  return refused('bad-proof', say, { retryAfterSeconds });
}

// The lock is kept before it is recorded: a log that takes nothing does not lift it.
async function countWrong(
  desk: FactorsDesk,
  {
    person,
    by,
    record,
  }: { readonly person: string; readonly by: string; readonly record: FactorRecord },
): Promise<Served<never>> {
  const wrongCodes = record.wrongCodes + 1;
  if (wrongCodes < MOST_WRONG) {
    await desk.store.save(person, { ...record, wrongCodes });
    return wrongCode();
  }
  const lockMs = Math.min(LOCK_MS * 2 ** record.locks, LONGEST_LOCK_MS);
  const now = desk.clock();
  const until = now + lockMs;
  const locks = record.locks + 1;
  await desk.store.save(person, { ...record, wrongCodes: 0, locks, lockedUntil: until });
  const written = await desk.note('factor_locked', { person, untilMs: until, by });
  return written.ok ? lockedUntil(until, now) : written;
}

async function proveAnswer(
  desk: FactorsDesk,
  { person }: Asking,
  { record, proof, purpose }: Of<'webauthn'> & { readonly purpose: Purpose },
): Promise<Served<Proven>> {
  if (desk.site === null) return NO_SITE;
  const known = webAuthnOf(record).find(({ credential }) => credential === proof.response['id']);
  if (known === undefined) {
    return refused('bad-proof', 'the authenticator is none of yours: enrol it first');
  }
  const isExpected = (challenge: string): boolean =>
    desk.challenges.take(challenge, person, purpose);
  const answer = await verifyAnswer(desk.site, { known, response: proof.response }, isExpected);
  if (!answer.ok) {
    const why = `the authenticator's answer is not taken: ${answer.why}`;
    return refused('bad-proof', `${why}; ask for a new challenge for this very request`);
  }
  const at = desk.clock();
  await keepUse(desk, person, {
    record,
    factor: { ...known, counter: answer.value, usedAt: at },
  });
  return served({ factor: known.id, mechanism: 'webauthn', person, at });
}

/** Durable before anything acts on the proof: a restart must not take it again. */
export async function keepUse(
  { store }: FactorsDesk,
  person: string,
  { record, factor }: { readonly record: FactorRecord; readonly factor: KeptFactor },
): Promise<void> {
  const factors = record.factors.map((each) => (each.id === factor.id ? factor : each));
  await store.save(person, { ...record, factors });
}

/** Returns the authenticators among a person's factors. */
export function webAuthnOf({ factors }: FactorRecord): readonly KeptWebAuthn[] {
  return factors.filter((factor) => factor.kind === 'webauthn');
}
