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
import { makeApiKey } from '../../testing/vault-contract.ts';
import type { Caller } from '../routes/caller.ts';
import type { ApiKey } from '../store/vault.ts';
import { type BreakGlass, type GlassRequest, makeBreakGlass } from './break-glass.ts';
import { BreakGlassBook } from './break-glass-book.ts';
import { refused, served } from './served.ts';
import type { OpenEntry } from './write-entry.ts';

const lena = personCaller('lena@example.com');
const ben = personCaller('ben@example.com', { roles: ['approver'] });
const START = 1_700_000_000_000;

type Scene = {
  readonly glass: BreakGlass;
  readonly factors: FactorsScene;
  readonly written: OpenEntry[];
  /** The keys that were made, by their ids. */
  readonly keys: Map<string, ApiKey>;
  readonly ask: (of?: Partial<GlassRequest>, by?: Caller) => ReturnType<BreakGlass['start']>;
  readonly wait: (ms: number) => void;
  readonly stop: () => void;
  /** The same ledger, read by another daemon. */
  readonly restart: () => BreakGlass;
};

async function scene(): Promise<Scene> {
  let now = START;
  let isStopped = false;
  const factors = await factorsScene(() => now);
  const app = await factors.withApp(lena);
  const written: (OpenEntry & { readonly at: number })[] = [];
  const keys = new Map<string, ApiKey>();
  const open = (): BreakGlass => {
    const book = new BreakGlassBook();
    for (const [index, entry] of written.entries()) book.fold({ ...entry, index });
    return makeBreakGlass({
      vault: { key: (id) => Promise.resolve(keys.get(id)) },
      factors: factors.factors,
      book,
      clock: () => now,
      write: (entry) => {
        if (isStopped) return Promise.resolve(refused('unavailable', 'the log stopped'));
        written.push({ ...entry, at: now });
        return Promise.resolve(served({ index: written.length - 1, at: now }));
      },
      rule: {
        holders: ['lena@example.com', 'role:oncall'],
        roles: ['operator', 'admin'],
        maxMinutes: 60,
        factor: 'totp',
        reviewWithinMs: 3_600_000,
      },
    });
  };
  const glass = open();
  const ask = (of: Partial<GlassRequest> = {}, by: Caller = lena) => {
    now += 30_000;
    const proof = { factor: 'totp', code: app.code() } as const;
    const bare = { reason: 'the gateway is down', roles: ['operator'], minutes: 30 } as const;
    return glass.start({ ...bare, proof, purpose: PURPOSE, ...of }, by);
  };
  return {
    glass,
    factors,
    written,
    keys,
    ask,
    wait: (ms) => (now += ms),
    stop: () => (isStopped = true),
    restart: open,
  };
}

test('break-glass: whom it names has the roles for the time, under every key', async () => {
  verifies('human.break-glass');
  const { glass, ask, written, wait } = await scene();
  assert.equal(glass.lift(lena), lena);
  const given = taken(await ask());
  assert.equal(written[0]?.kind, 'break_glass');
  assert.equal(written[0]?.open['reason'], 'the gateway is down');
  assert.ok(!JSON.stringify(written[0]?.open).includes('"lena'));
  const lifted = glass.lift({ ...lena, id: 'oidc_1' });
  assert.deepEqual(lifted.roles, ['viewer', 'operator']);
  assert.equal(lifted.breakGlass, given.id);
  assert.equal(glass.lift(ben), ben);
  taken(await glass.noteUse({ id: given.id, operation: 'haltAgent', agent: 'a', by: lena.id }));
  assert.deepEqual(written[1]?.open, {
    id: given.id,
    operation: 'haltAgent',
    agent: 'a',
    by: lena.id,
  });
  assert.deepEqual(glass.sums(), { active: 1, owed: 1, overdue: 0 });
  wait(30 * 60_000);
  assert.equal(glass.lift(lena), lena, 'the time is over');
  await glass.sweep('over');
  assert.equal(written[2]?.kind, 'break_glass_ended');
  assert.equal(written[2]?.open['why'], 'over');
});

test('break-glass: nobody else, no other role, no longer, and not without a proof', async () => {
  verifies('human.break-glass');
  const { ask, written } = await scene();
  assert.equal(whyOf(await ask({}, ben)), 'forbidden');
  const socket = { ...lena, kind: 'local', person: null } as const;
  assert.equal(whyOf(await ask({}, socket)), 'forbidden');
  assert.equal(whyOf(await ask({ roles: ['approver'] })), 'forbidden');
  assert.equal(whyOf(await ask({ minutes: 61 })), 'bad-request');
  assert.equal(whyOf(await ask({ proof: undefined })), 'needs-proof');
  assert.equal(whyOf(await ask({ proof: { factor: 'totp', code: '000000' } })), 'bad-proof');
  assert.equal(written.length, 0);
  taken(await ask());
  assert.equal(whyOf(await ask()), 'conflict');
});

test('break-glass: what cannot be written down gives nothing', async () => {
  const { glass, ask, stop } = await scene();
  stop();
  assert.equal(whyOf(await ask()), 'unavailable');
  assert.equal(glass.lift(lena), lena);
});

test('break-glass: another person reviews it, once, after it has ended', async () => {
  verifies('human.break-glass');
  const { glass, ask, wait, written } = await scene();
  const { id } = taken(await ask());
  const review = { id, finding: 'justified', reason: 'it was down' } as const;
  assert.equal(whyOf(await glass.review(review, ben)), 'conflict', 'it has not ended');
  assert.equal(whyOf(await glass.end(id, ben, false)), 'forbidden');
  taken(await glass.end(id, lena, false));
  assert.equal(glass.lift(lena), lena);
  assert.equal(whyOf(await glass.review(review, lena)), 'forbidden');
  const token = { ...lena, id: 'oidc_1' };
  assert.equal(whyOf(await glass.review(review, token)), 'forbidden', 'the same person');
  const unverified = { id: 'https://login.example.com|lena', email: null, groups: [] };
  const named = { ...ben, person: { ...unverified, names: ['lena', 'Lena@example.com'] } };
  assert.equal(whyOf(await glass.review(review, named)), 'forbidden', 'the same address');
  assert.equal(whyOf(await glass.review(review, { ...ben, breakGlass: 'bgl_2' })), 'forbidden');
  assert.equal(whyOf(await glass.review(review, { ...ben, person: null })), 'forbidden');
  wait(3_600_001);
  assert.deepEqual(glass.sums(), { active: 0, owed: 1, overdue: 1 });
  taken(await glass.review(review, ben));
  assert.equal(written.at(-1)?.kind, 'break_glass_reviewed');
  assert.deepEqual(glass.sums(), { active: 0, owed: 0, overdue: 0 });
  assert.equal(whyOf(await glass.review(review, ben)), 'conflict');
  assert.equal(glass.list()[0]?.review?.finding, 'justified');
});

test('break-glass: no key made under it reviews it, nor one made by such a key', async () => {
  verifies('human.break-glass');
  const { glass, ask, wait, keys } = await scene();
  keys.set('ben', makeApiKey({ id: 'ben', addedAt: START }));
  const { id } = taken(await ask());
  wait(1_000);
  keys.set('eve', makeApiKey({ id: 'eve', addedAt: START + 31_000, addedBy: lena.id }));
  wait(1_000);
  taken(await glass.end(id, lena, false));
  wait(60_000);
  keys.set('kim', makeApiKey({ id: 'kim', addedAt: START + 90_000, addedBy: 'eve' }));
  keys.set('max', makeApiKey({ id: 'max', addedAt: START + 90_000, addedBy: 'ben' }));
  const review = { id, finding: 'justified', reason: 'it was down' } as const;
  const by = (key: string) => personCaller(`${key}@example.com`, { id: key, roles: ['approver'] });
  assert.equal(whyOf(await glass.review(review, by('eve'))), 'forbidden');
  assert.equal(whyOf(await glass.review(review, by('kim'))), 'forbidden');
  taken(await glass.review(review, by('max')));
});

test('break-glass: a restart ends it, says so, and goes on owing its review', async () => {
  verifies('human.break-glass');
  const { ask, restart, written } = await scene();
  const { id } = taken(await ask());
  const later = restart();
  assert.equal(later.lift(lena), lena);
  await later.sweep('restart');
  assert.deepEqual(written.at(-1)?.open, { id, why: 'restart', by: 'local' });
  assert.equal(later.sums().owed, 1);
  await later.sweep('restart');
  assert.equal(written.length, 2, 'once');
  taken(await restart().review({ id, finding: 'not-justified', reason: 'no need' }, ben));
  assert.equal(restart().sums().owed, 0);
});

test('break-glass: an admin key made on the machine is reviewed by somebody else', async () => {
  verifies('human.break-glass');
  const { glass, wait } = await scene();
  taken(await glass.recovered({ key: 'key-of-lena@example.com', person: 'lena@example.com' }));
  const [row] = glass.list();
  assert.equal(row?.what, 'recovered');
  const review = { id: row?.id ?? '', finding: 'justified', reason: 'keys were lost' } as const;
  assert.equal(whyOf(await glass.review(review, lena)), 'forbidden');
  wait(3_600_001);
  assert.equal(glass.sums().overdue, 1);
  taken(await glass.review(review, ben));
  assert.equal(glass.sums().owed, 0);
});
