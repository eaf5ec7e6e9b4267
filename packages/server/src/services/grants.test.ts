import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import {
  type FactorsScene,
  factorsScene,
  personCaller,
  PURPOSE,
  taken,
  whyOf,
} from '../../testing/factors-scene.ts';
import { guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import type { Caller } from '../routes/caller.ts';
import { type GivingRule, type GrantRequest, type Grants, makeGrants } from './grants.ts';
import type { OpenEntry } from './write-entry.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Export customers.
owner: desk@example.com
autonomy: 2
tools:
  crm.export: { effect: read, category: crm, tier: elevated }
  crm.purge: { effect: read, category: purge, tier: elevated }
tiers:
  elevated: { claim: roles, contains: crm-export, max_age: 5m }
allow:
  - { id: export, tool: crm.export }
  - { id: purge, tool: crm.purge }
`;

const lena = personCaller('lena@example.com', {
  person: { id: 'lena@example.com', email: 'lena@example.com', groups: ['leads'] },
});
const ada = personCaller('ada');
const RULE: GivingRule = {
  by: ['role:leads'],
  claim: 'roles',
  values: ['crm-export'],
  agents: null,
  maxMs: 600_000,
  factor: 'totp',
  self: false,
};

type Scene = {
  readonly guard: GuardScene;
  readonly factors: FactorsScene;
  readonly grants: Grants;
  readonly written: OpenEntry[];
  /** Asks for a grant with the next code of an app. */
  readonly give: (of?: Partial<GrantRequest>, by?: Caller) => ReturnType<Grants['give']>;
  readonly verdict: (session: string, request: string, tool?: string) => Promise<string>;
  readonly session: string;
};

async function scene(rules: readonly GivingRule[] = [RULE]): Promise<Scene> {
  const guard = await guardScene({ pact: PACT });
  const factors = await factorsScene(() => guard.clock.ms);
  const app = await factors.withApp(lena);
  const adas = await factors.withApp(ada);
  const session = await guard.open();
  const written: OpenEntry[] = [];
  const grants = makeGrants({
    guard: guard.guard,
    factors: factors.factors,
    rules,
    write: (entry) => {
      written.push(entry);
      return Promise.resolve({ ok: true, value: { index: 0, at: guard.clock.ms } });
    },
  });
  const give = (of: Partial<GrantRequest> = {}, by: Caller = lena) => {
    guard.clock.wait(30_000);
    const code = (by === ada ? adas : app).code();
    const asked: GrantRequest = {
      agent: 'support',
      session,
      claim: 'roles',
      value: 'crm-export',
      actions: ['crm.export'],
      withinMs: 60_000,
      reason: 'the quarterly report',
      proof: { factor: 'totp', code },
      purpose: PURPOSE,
      ...of,
    };
    return grants.give(asked, by);
  };
  const verdict = async (of: string, request: string, tool = 'crm.export') =>
    valueOf(await guard.decide(of, request, tool)).verdict;
  return { guard, factors, grants, written, give, verdict, session };
}

test('grants: one lets one action through, and no second one', async () => {
  verifies('authority.verified', 'pact.tiers');
  const { give, verdict, session, written } = await scene();
  assert.equal(await verdict(session, 'r1'), 'deny');
  const given = taken(await give());
  assert.equal(written[0]?.kind, 'grant_given');
  assert.equal(written[0]?.open['grant'], given.grant);
  assert.equal(written[0]?.open['by'], 'key-of-lena@example.com');
  assert.equal(await verdict(session, 'r2'), 'allow');
  assert.equal(await verdict(session, 'r3'), 'deny');
});

test('grants: of actions that race for one grant, one is let through', async () => {
  const { give, verdict, session } = await scene();
  taken(await give());
  const verdicts = await Promise.all(
    Array.from({ length: 20 }, (_, at) => verdict(session, `race-${at}`)),
  );
  assert.equal(verdicts.filter((each) => each === 'allow').length, 1);
});

test('grants: one is good for its session and its actions alone', async () => {
  const { give, verdict, session, guard } = await scene();
  const other = await guard.open({ principal: 'ben' });
  taken(await give());
  assert.equal(await verdict(other, 'r1'), 'deny');
  assert.equal(await verdict(session, 'r2', 'crm.purge'), 'deny');
  assert.equal(await verdict(session, 'r3'), 'allow');
  taken(await give({ actions: ['category:purge'] }));
  assert.equal(await verdict(session, 'r4'), 'deny');
  assert.equal(await verdict(session, 'r5', 'crm.purge'), 'allow');
});

test('grants: one runs out, is taken back, and is void after a halt', async () => {
  const { give, verdict, session, guard, grants } = await scene();
  taken(await give());
  guard.clock.wait(60_001);
  assert.equal(await verdict(session, 'r1'), 'deny');
  const { grant } = taken(await give());
  const of = { agent: 'support', session, grant };
  assert.equal(
    whyOf(await grants.takeBack(of, personCaller('eve@example.com'), false)),
    'forbidden',
  );
  taken(await grants.takeBack(of, lena, false));
  assert.equal(await verdict(session, 'r2'), 'deny');
  assert.equal(whyOf(await grants.takeBack(of, lena, false)), 'not-found');
  taken(await give());
  const stop = {
    agent: 'support',
    scope: 'session',
    target: session,
    reason: 'x',
    by: 'k',
  } as const;
  valueOf(await guard.guard.halt(stop));
  valueOf(await guard.guard.resume(stop));
  assert.equal(await verdict(session, 'r3'), 'deny');
});

test('grants: a restart keeps one that was not used, and gives none back that was', async () => {
  const { give, verdict, session, guard } = await scene();
  taken(await give());
  const unused = await guard.restart();
  const ask = async (of: GuardScene, request: string) =>
    valueOf(await of.decide(session, request, 'crm.export')).verdict;
  assert.equal(await ask(unused, 'r1'), 'allow');
  assert.equal(await ask(unused, 'r2'), 'deny');
  assert.equal(await verdict(session, 'r1'), 'allow');
  const used = await guard.restart();
  assert.equal(await ask(used, 'r2'), 'deny');
});

test('grants: only whom a rule names gives what it names, with a fresh proof', async () => {
  verifies('authority.verified');
  const { give, factors } = await scene();
  assert.equal(whyOf(await give({ value: 'root' })), 'forbidden');
  assert.equal(whyOf(await give({ claim: 'groups' })), 'forbidden');
  assert.equal(whyOf(await give({ withinMs: 600_001 })), 'bad-request');
  assert.equal(whyOf(await give({ actions: ['crm.nothing'] })), 'bad-request');
  assert.equal(whyOf(await give({ session: 'ses_none' })), 'unknown-session');
  assert.equal(whyOf(await give({}, personCaller('eve@example.com'))), 'forbidden');
  const agent = { ...lena, kind: 'agent', agents: ['support'], person: null } as const;
  assert.equal(whyOf(await give({}, agent)), 'forbidden');
  assert.equal(whyOf(await give({ proof: undefined })), 'needs-proof');
  assert.equal(whyOf(await give({ proof: { factor: 'totp', code: '000000' } })), 'bad-proof');
  assert.equal(taken(await factors.factors.list(lena, null)).lockedUntil, null);
});

test('grants: nobody lifts their own session unless a rule says that they may', async () => {
  verifies('authority.verified');
  const people: GivingRule = { ...RULE, by: ['ada@example.com'] };
  const own = personCaller('ada', {
    person: { id: 'ada', email: 'ada@example.com', groups: [] },
  });
  const barred = await scene([people]);
  assert.equal(whyOf(await barred.give({}, own)), 'forbidden');
  // The principal is named by the subject of a token, and the person by their address.
  const token = personCaller('lena@example.com', {
    person: {
      id: 'lena@example.com',
      email: 'lena@example.com',
      groups: ['leads'],
      names: ['ADA'],
    },
  });
  assert.equal(whyOf(await (await scene()).give({}, token)), 'forbidden');
  const self = await scene([{ ...people, self: true }]);
  assert.equal(whyOf(await self.give({ proof: undefined }, own)), 'needs-proof');
});

test('grants: a rule that asks for WebAuthn takes no code', async () => {
  const strict = await scene([{ ...RULE, factor: 'webauthn' }]);
  assert.equal(whyOf(await strict.give()), 'needs-proof');
  const elsewhere = await scene([{ ...RULE, agents: ['mail'] }]);
  assert.equal(whyOf(await elsewhere.give()), 'forbidden');
});
