import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@plumbline/core';

import { refused, served } from '../served.ts';
import type { Recorded, Served } from '../services.ts';
import { CHALLENGE_MS } from './challenges.ts';
import type { FactorRecord, KeptFactor } from './factor-store.ts';
import type { Confirmation, Enrolling, FactorKind, Proof, Purpose } from './factors.ts';
import type { Asking, FactorsDesk, Pending } from './factors-desk.ts';
import { NO_SITE, prove, webAuthnOf } from './prove.ts';
import { shownTotp, stepOfCode } from './totp.ts';
import { creationOptions, verifyCreated, type WebAuthnSite } from './webauthn.ts';

type Enrolment = {
  readonly kind: FactorKind;
  readonly name: string;
  readonly proof: Proof | undefined;
  readonly purpose: Purpose;
};

const SECRET_BYTES = 20;
const PENDING_MS = 10 * 60_000;
const MOST_PENDING = 1_000;
const MOST_TOTP = 3;
const MOST_WEBAUTHN = 10;
const MOST_WRONG = 5;

/** Begins a factor. One that a person has already is asked for a proof first. */
export function enrolFactor(
  desk: FactorsDesk,
  who: Asking,
  enrolment: Enrolment,
): Promise<Served<Enrolling>> {
  return desk.turn(who.person, async () => {
    const { kind, proof, purpose } = enrolment;
    if (kind === 'webauthn' && desk.site === null) return NO_SITE;
    const record = await desk.store.load(who.person);
    const many = tooMany(record, kind);
    if (many !== null) return refused('conflict', many);
    makeRoom(desk, who.person, kind);
    if (desk.pending.size >= MOST_PENDING) {
      return refused('overloaded', 'too many factors wait to be confirmed: try later');
    }
    const isProven = record.factors.length > 0;
    if (isProven) {
      const proven = await prove(desk, who, { demand: 'totp', proof, purpose });
      if (!proven.ok) return proven;
    }
    return begin(desk, who, { enrolment, record, isProven });
  });
}

function tooMany({ factors }: FactorRecord, kind: FactorKind): string | null {
  const most = kind === 'totp' ? MOST_TOTP : MOST_WEBAUTHN;
  const own = factors.filter((factor) => factor.kind === kind);
  return own.length < most
    ? null
    : `you have ${most} factors of kind \`${kind}\`: remove one first`;
}

/** Of one kind a person has one factor begun: beginning again forgets the one before. */
function makeRoom({ pending, clock }: FactorsDesk, person: string, kind: FactorKind): void {
  const now = clock();
  for (const [id, each] of pending) {
    const isOwn = each.person === person && each.kind === kind;
    if (isOwn || each.expiresAtMs <= now) pending.delete(id);
  }
}

type Begun = {
  readonly enrolment: Enrolment;
  readonly record: FactorRecord;
  readonly isProven: boolean;
};

async function begin(
  desk: FactorsDesk,
  who: Asking,
  { enrolment, record, isProven }: Begun,
): Promise<Served<Enrolling>> {
  const id = desk.newId();
  const expiresAtMs = desk.clock() + PENDING_MS;
  const { person, human } = who;
  const bare = { id, person, name: enrolment.name, isProven, expiresAtMs, wrongCodes: 0 };
  if (enrolment.kind === 'totp') {
    const secret = randomBytes(SECRET_BYTES);
    desk.pending.set(id, { ...bare, kind: 'totp', secret });
    return served({ id, expiresAtMs, kind: 'totp', ...shownTotp(secret, human.id) });
  }
  if (desk.site === null) return NO_SITE;
  const challenge = randomBytes(32);
  const sent = { challenge, timeoutMs: CHALLENGE_MS, known: webAuthnOf(record) };
  const options = await creationOptions(desk.site, { person, shown: human.id }, sent);
  desk.pending.set(id, { ...bare, kind: 'webauthn', challenge: challenge.toString('base64url') });
  return served({ id, expiresAtMs, kind: 'webauthn', options });
}

/** Makes a begun factor count: it is recorded, and then kept. */
export function confirmFactor(
  desk: FactorsDesk,
  who: Asking,
  { id, confirmation }: { readonly id: string; readonly confirmation: Confirmation },
): Promise<Served<Recorded & { readonly id: string }>> {
  return desk.turn(who.person, async () => {
    const found = desk.pending.get(id);
    if (found?.person !== who.person || found.expiresAtMs <= desk.clock()) {
      return refused('not-found', `no factor \`${id}\` waits to be confirmed: begin again`);
    }
    const record = await desk.store.load(who.person);
    if (!found.isProven && record.factors.length > 0) {
      desk.pending.delete(id);
      return refused('conflict', 'you have a factor by now: begin again, with a proof by it');
    }
    const many = tooMany(record, found.kind);
    if (many !== null) return refused('conflict', many);
    const factor = await factorOf(desk, found, confirmation);
    if (!factor.ok) return factor;
    desk.pending.delete(id);
    return keepFactor(desk, who, { record, factor: factor.value });
  });
}

async function factorOf(
  desk: FactorsDesk,
  pending: Pending,
  confirmation: Confirmation,
): Promise<Served<KeptFactor>> {
  const { id, name } = pending;
  const at = desk.clock();
  const bare = { id, name, addedAt: at, usedAt: null };
  if (pending.kind === 'totp') {
    if (!('code' in confirmation)) return refused('bad-request', 'confirm it with a `code`');
    const step = stepOfCode(pending.secret, confirmation.code, at);
    if (step === null) return wrongFirstCode(desk, pending);
    const secret = Buffer.from(pending.secret).toString('base64');
    return served({ ...bare, kind: 'totp', secret, lastStep: step });
  }
  if (!('response' in confirmation)) return refused('bad-request', 'confirm it with a `response`');
  return createdOf(desk, { pending, bare, site: desk.site, response: confirmation.response });
}

function wrongFirstCode({ pending }: FactorsDesk, of: Pending): Served<never> {
  of.wrongCodes += 1;
  if (of.wrongCodes >= MOST_WRONG) pending.delete(of.id);
  return refused('bad-proof', 'the code is wrong: is the clock of your device right?');
}

/** A challenge is good once: whatever comes of it, another try begins again. */
async function createdOf(
  desk: FactorsDesk,
  {
    pending,
    bare,
    site,
    response,
  }: {
    readonly pending: Extract<Pending, { readonly kind: 'webauthn' }>;
    readonly bare: Pick<KeptFactor, 'id' | 'name' | 'addedAt' | 'usedAt'>;
    readonly site: WebAuthnSite | null;
    readonly response: JsonObject;
  },
): Promise<Served<KeptFactor>> {
  if (site === null) return NO_SITE;
  desk.pending.delete(pending.id);
  const created = await verifyCreated(site, response, (said) => said === pending.challenge);
  if (created.ok) return served({ ...bare, kind: 'webauthn', ...created.value });
  return refused('bad-proof', `the authenticator is not taken: ${created.why}; begin again`);
}

async function keepFactor(
  desk: FactorsDesk,
  { person, by }: Asking,
  { record, factor }: { readonly record: FactorRecord; readonly factor: KeptFactor },
): Promise<Served<Recorded & { readonly id: string }>> {
  const { id, kind } = factor;
  const written = await desk.note('factor_enrolled', { factor: id, kind, person, by });
  if (!written.ok) return written;
  await desk.store.save(person, { ...record, factors: [...record.factors, factor] });
  return served({ index: written.value.index, id });
}
