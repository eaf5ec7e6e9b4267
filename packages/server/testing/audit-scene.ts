import assert from 'node:assert/strict';
import { type JsonObject, parseEntry } from '@plumbline/core';

import type { Guard } from '../src/guard/guard.ts';
import { Recorder } from '../src/record/recorder.ts';

import type { Caller, Person } from '../src/routes/caller.ts';
import type { Audits, AuditRules } from '../src/services/audits/audits.ts';
import { followAudits } from '../src/services/audits/follow-audits.ts';
import { type AuditsNeeds, makeAudits } from '../src/services/audits/make-audits.ts';
import { makeCases } from '../src/services/cases.ts';
import type { Cases } from '../src/services/labelled-case.ts';
import type { Served } from '../src/services/services.ts';
import { makeWriteEntry, type WriteEntry } from '../src/services/write-entry.ts';
import type { ApiKey } from '../src/store/vault.ts';
import {
  ADA,
  Clock,
  type GuardScene,
  MemorySubjects,
  openOver,
  Pacts,
  valueOf,
} from './guard-scene.ts';
import { MemoryModels } from './memory-models.ts';
import { openMemorySequencer } from './memory-sequencer.ts';

/** Rules of which every tenth session is drawn, and which draw nothing by themselves. */
export const RULES: AuditRules = { rate: 10, raised: 20, tooGood: 95, everyMs: null, agents: [] };

const PACT = `
pact: plumbline/v1
agent: support
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders }
  refunds.pay: { effect: write, category: money }
approvers: [role:lead]
allow:
  - { id: read, tool: orders.get }
  - { id: refund, tool: refunds.pay }
  - { id: say, output: any }
step_up:
  - { id: large, tool: refunds.pay, approvers: [role:lead], within: 15m }
`;

/** What one session of a scene is like. */
export type Played = {
  readonly principal?: string;
  /** What the agent says of it in the end; nothing by default. */
  readonly resolved?: boolean;
  /** What the reading of the order came to; null: nothing was reported. */
  readonly status?: 'ok' | 'error' | null;
  /** What it answers with. */
  readonly says?: string;
};

/** A guard whose agent `support` can be audited. */
export type AuditScene = Pick<GuardScene, 'clock' | 'subjects' | 'pacts' | 'log' | 'guard'> & {
  readonly audits: Audits;
  readonly cases: Cases;
  readonly secrets: Map<string, Uint8Array>;
  readonly keys: Map<string, ApiKey>;
  readonly write: WriteEntry;
  /** Plays a session from its opening to its end, and returns its id. */
  readonly play: (of?: Played) => Promise<string>;
  /** Opens another service over the same log, as a start does. */
  readonly restarted: (rules?: Partial<AuditRules>) => Audits;
  /** Returns the open parts of every entry of a kind. */
  readonly opens: (kind: string) => readonly JsonObject[];
};

/** Returns the caller of a person with a key of their own. */
export function reviewer(email: string): Caller {
  const person: Person = { id: email, email, groups: [], names: [email] };
  const roles = ['approver' as const];
  return { id: `key-${email}`, kind: 'person', roles, scopes: [], agents: null, person };
}

/** Returns the value of what must have been served. */
export function servedOf<T>(served: Served<T>): T {
  assert.ok(served.ok, served.ok ? '' : `${served.error.code}: ${served.error.message}`);
  return served.value;
}

/** Opens a scene; what follows its log ends with the test. */
export async function auditScene(
  t: { readonly after: (act: () => Promise<void>) => void },
  rules: Partial<AuditRules> = {},
): Promise<AuditScene> {
  const log = await openMemorySequencer();
  const recorder = new Recorder({ sequencer: log });
  const world = { clock: new Clock(), subjects: new MemorySubjects(), pacts: new Pacts() };
  const { guard } = await openOver(log, world, { recorder });
  valueOf(await guard.addAgent('support', 'local'));
  valueOf(await guard.arm('support', world.pacts.load(PACT)));
  const write = makeWriteEntry({ recorder, clock: world.clock.now });
  const parts = { ...world, log, guard, write };
  const secrets = new Map<string, Uint8Array>();
  const keys = new Map<string, ApiKey>();
  const needs = needsOf(parts, { secrets, keys });
  const restarted = (changed: Partial<AuditRules> = {}): Audits => {
    const followed = followAudits({ sequencer: log, from: 0, failed: assert.ifError });
    t.after(() => followed.stop());
    return makeAudits({ ...needs, followed, rules: { ...RULES, ...rules, ...changed } });
  };
  return {
    ...parts,
    secrets,
    keys,
    audits: restarted(),
    cases: makeCases({ ...needs, guard }),
    play: (of = {}) => play(guard, of),
    restarted,
    opens: (kind) => opensOf(log.entries(), kind),
  };
}

function needsOf(
  { log, guard, subjects, clock, write }: Parts,
  { secrets, keys }: Pick<AuditScene, 'secrets' | 'keys'>,
): Omit<AuditsNeeds, 'followed' | 'rules'> & { readonly models: MemoryModels } {
  const models = new MemoryModels();
  return {
    models,
    sequencer: log,
    write,
    clock: clock.now,
    hasAgent: (agent) => guard.status(agent) !== undefined,
    vault: {
      subjectKey: async (id) => (await subjects.byId(id))?.key,
      secret: (name) => Promise.resolve(secrets.get(name)),
      putSecret: async (name, value) => void secrets.set(name, value),
      removeSecret: async (name) => void secrets.delete(name),
    },
    knowing: { keys: { find: (id) => keys.get(id) }, identity: { namesBehind: () => [] } },
    pseudonymOf: (person) => `per_${person}`,
    caughtUp: async () => {
      const from = await models.nextIndex();
      await models.fold(from, await log.read(from, 100_000));
    },
  };
}

type Parts = Pick<AuditScene, 'clock' | 'subjects' | 'pacts' | 'log' | 'guard' | 'write'>;

async function play(
  guard: Guard,
  { principal = 'ada', resolved, status = 'ok', says = 'Your order is on its way.' }: Played,
): Promise<string> {
  const { session } = valueOf(await guard.openSession({ ...ADA, principal }));
  const of = { agent: 'support', session };
  valueOf(await guard.message({ ...of, from: 'principal', text: 'where is my order?' }));
  const asked = { ...of, request: 'r1', tool: 'orders.get', args: { order: '1042' } };
  const { decision, permit } = valueOf(await guard.decide(asked));
  valueOf(guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
  if (status !== null) {
    const result = { state: 'shipped' };
    valueOf(await guard.outcome({ ...of, decision, status, result, records: null }));
  }
  const answer = { ...of, request: 'r2', tool: 'output.answer', args: { text: says } };
  const noted = valueOf(await guard.decide(answer));
  valueOf(guard.redeem({ agent: 'support', token: noted.permit?.token ?? '' }));
  const done = { ...of, decision: noted.decision, status: 'ok' as const };
  valueOf(await guard.outcome({ ...done, result: null, records: null }));
  if (resolved !== undefined) valueOf(await guard.reported({ ...of, resolved, note: null }));
  valueOf(await guard.closeSession(of));
  return session;
}

function opensOf(entries: readonly Uint8Array[], kind: string): readonly JsonObject[] {
  return entries.flatMap((bytes) => {
    const read = parseEntry(bytes);
    return read.ok && read.value.kind === kind ? [read.value.open] : [];
  });
}
