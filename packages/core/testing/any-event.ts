import * as fc from 'fast-check';

import type { Json, JsonObject } from '../src/json.ts';
import type { RecordedEvent } from '../src/evidence/parts.ts';

/** A digest of nothing in particular. */
export const digest: `sha256:${string}` = `sha256:${'ab'.repeat(32)}` as const;

// Numbers print back the same, and minus zero is no number of JSON's own.
const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((value): Json => {
  return JSON.parse(JSON.stringify(value));
});
const text = fc.string({ unit: 'grapheme' });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const count = fc.nat();

/** Any JSON object. */
export const anyObject: fc.Arbitrary<JsonObject> = fc.dictionary(text, anyJson, {
  noNullPrototype: true,
});

function oneOf<const T extends string>(...values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

type Members<T> = { readonly [K in keyof T]: fc.Arbitrary<T[K]> };

function record<T>(members: Members<T>): fc.Arbitrary<T> {
  return fc.record(members, { noNullPrototype: true });
}

type Of<K extends RecordedEvent['kind']> = Extract<RecordedEvent, { readonly kind: K }>;
type Decision = Of<'decided'>['decision'];

const finding = fc.record(
  {
    stage: oneOf('excluded', 'allow', 'step_up'),
    rule: name,
    kind: oneOf('allow', 'deny', 'step_up'),
    say: text,
    violation: fc.constant(true),
    observed: fc.constant(true),
    halts: oneOf('session'),
  },
  { requiredKeys: ['stage', 'rule', 'kind', 'say'], noNullPrototype: true },
);

const verdict: fc.Arbitrary<Decision['verdict']> = fc.oneof(
  record({ kind: oneOf('allow') }),
  record({ kind: oneOf('deny'), say: text }),
  record({
    kind: oneOf('modify'),
    args: anyObject,
    rewrites: fc.array(
      record({ rule: name, path: name, value: fc.option(anyJson, { nil: undefined }) }),
    ),
  }),
);

const decisionMembers: Members<Omit<Decision, 'grants'>> = {
  at: count,
  verdict,
  because: fc.array(finding),
  charges: fc.array(name),
  reserves: fc.array(
    record({ key: name, amount: oneOf('1', '2.50'), windowEndMs: fc.option(count) }),
  ),
  spends: fc.array(name),
  marks: fc.array(record({ key: text, untilMs: count })),
  obligations: fc.array(record({ kind: oneOf('alert', 'warn'), rule: name, say: text })),
  readSet: anyObject,
};

const decision: fc.Arbitrary<Decision> = fc.oneof(
  record(decisionMembers),
  record({ ...decisionMembers, grants: fc.array(name) }),
);

function decided(at: number, session: string): fc.Arbitrary<Of<'decided'>> {
  const tool = oneOf('t', 'mail', 'other', 'output.answer');
  const args = anyObject;
  const here = fc.constant(session);
  const fact = { name, value: anyObject, source: text, observedAtMs: count, maxAgeMs: count };
  return record({
    kind: oneOf('decided'),
    at: fc.constant(at),
    id: name,
    action: record({ id: name, session: here, tool, args, digest: fc.constant(digest) }),
    facts: fc.array(record(fact)),
    decision,
  });
}

const CHAIN = { maxLength: 8 };

const link = record({
  agent: name,
  session: name,
  tools: fc.option(fc.array(text)),
  effects: fc.option(fc.subarray(['read', 'write', 'send'] as const)),
  untilMs: fc.option(count),
});

/** Any event of a session's chain. */
export function sessionEvents(atMs: number, id: string): fc.Arbitrary<RecordedEvent> {
  const [at, session] = [fc.constant(atMs), fc.constant(id)];
  const about = { id: name, session, action: fc.constant(digest), pact: fc.constant(digest) };
  const approval = record({
    ...about,
    rules: fc.array(name),
    outcome: oneOf('approved', 'denied'),
    by: fc.array(name),
    reason: text,
    expiresAtMs: count,
  });
  const proved = {
    session,
    name,
    values: fc.array(text),
    mechanism: oneOf('oidc', 'totp'),
    verifiedAtMs: count,
    expiresAtMs: count,
  };
  const grant = { id: name, once: fc.boolean(), actions: fc.option(fc.array(name)) };
  const attested = { principal: text, task: fc.option(text), room: fc.option(text) };
  const status = oneOf('ok', 'error', 'not_sent', 'unknown');
  const came = { decision: name, tool: name, args: anyObject, result: anyJson };
  const opening = { session, ...attested, attributes: anyObject, openedBy: name };
  const from = oneOf('principal', 'untrusted');
  const outcome = oneOf('opened', 'kept');
  return fc.oneof(
    decided(atMs, id),
    record({ kind: oneOf('session_opened'), at, ...opening }),
    record({ kind: oneOf('session_opened'), at, ...opening, delegation: fc.array(link, CHAIN) }),
    record({ kind: oneOf('session_closed'), at, session }),
    record({ kind: oneOf('message'), at, session, from, text }),
    record({ kind: oneOf('outcome'), at, session, ...came, status, records: fc.option(count) }),
    record({ kind: oneOf('approval'), at, approval }),
    record({ kind: oneOf('claim'), at, claim: record(proved) }),
    record({ kind: oneOf('claim'), at, claim: record({ ...proved, ...grant }) }),
    record({ kind: oneOf('claim_revoked'), at, session, id: name, by: text }),
    record({ kind: oneOf('finding'), at, session, name }),
    record({ kind: oneOf('gate'), at, session, category: text, outcome, by: text }),
  );
}

/** Any event of an agent's chain. */
export function agentEvents(atMs: number): fc.Arbitrary<RecordedEvent> {
  const at = fc.constant(atMs);
  const said = { scope: oneOf('agent', 'session'), target: text, reason: text, by: text };
  const incident = fc.option(oneOf('optimisation'));
  const failed = { id: text, incident, objective: fc.option(fc.constant(digest)) };
  const what = { entity: text, id: text, field: fc.option(text), by: text };
  return fc.oneof(
    record({ kind: oneOf('armed'), at, pact: fc.constant(digest) }),
    record({ kind: oneOf('halt'), at, halt: record({ ...said, epoch: count }) }),
    record({ kind: oneOf('halt'), at, halt: record({ ...said, epoch: count, ...failed }) }),
    record({ kind: oneOf('resume'), at, resume: record(said) }),
    record({ kind: oneOf('lock'), at, ...what, untilMs: fc.option(count) }),
    record({ kind: oneOf('unlock'), at, ...what }),
  );
}
