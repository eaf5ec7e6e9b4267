import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';

import { runs } from '@plumbline/testkit';
import type { VerdictKind } from '@plumbline/core';
import * as fc from 'fast-check';
import { inFolder } from '../../../testing/folder.ts';
import {
  decidedOpen,
  findingOf,
  handOverNote,
  makeEntry,
  openedOpen,
  outcomeOpen,
  sealedFor,
} from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { testModels } from '../../../testing/models-contract.ts';
import { modelsInFolder } from '../../../testing/models-folder.ts';
import type { Filter } from '../models.ts';
import { openModels } from './models.ts';
import { StoreError, type StoreFault } from './sqlite-error.ts';

function isFault(fault: StoreFault): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.fault === fault;
}

testModels('read models, in memory', async () => new MemoryModels());
testModels('read models, embedded', () => modelsInFolder(openModels));

const agents = ['a', 'b'];
const sessions = ['s1', 's2', 's3'];
const decisions = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6'];
const tools = ['t1', 't2'];
const verdicts: readonly VerdictKind[] = ['allow', 'deny', 'modify', 'defer'];
const rules = ['r1', 'r2', 'r3'];

const digit = fc.constantFrom('1', '2', '3');
const chain = { agent: fc.constantFrom(...agents), session: fc.constantFrom(...sessions) };

/** One entry, given its time. */
const someEntry: fc.Arbitrary<(at: number) => Uint8Array> = fc.oneof(
  fc.record({ ...chain, digit }).map(
    ({ agent, session, digit: by }) =>
      (at: number) =>
        makeEntry('session_opened', {
          at,
          agent,
          session,
          sealed: sealedFor(by),
          open: openedOpen(),
        }),
  ),
  fc.record({ ...chain, from: fc.constantFrom('principal', 'untrusted') }).map(
    ({ agent, session, from }) =>
      (at: number) =>
        makeEntry('message', { at, agent, session, open: { from } }),
  ),
  fc
    .record({
      ...chain,
      digit,
      decision: fc.constantFrom(...decisions),
      tool: fc.constantFrom(...tools, null),
      verdict: fc.constantFrom(...verdicts),
      found: fc.array(fc.constantFrom(...rules), { maxLength: 3 }),
    })
    .map(
      ({ agent, session, digit: by, found, ...open }) =>
        (at: number) =>
          makeEntry('decided', {
            at,
            agent,
            session,
            sealed: sealedFor(by),
            open: decidedOpen({ ...open, findings: found.map((rule) => findingOf(rule)) }),
          }),
    ),
  fc.record({ ...chain, decision: fc.constantFrom(...decisions) }).map(
    ({ agent, session, decision }) =>
      (at: number) =>
        makeEntry('outcome', { at, agent, session, open: outcomeOpen({ decision }) }),
  ),
  fc.record(chain).map(
    ({ agent, session }) =>
      (at: number) =>
        makeEntry('session_closed', { at, agent, session, open: { reason: 'idle' } }),
  ),
  fc.constant((at: number) => makeEntry('heartbeat', { at })),
  fc.constant(() => handOverNote),
);

const someLog = fc
  .array(fc.record({ make: someEntry, waitMs: fc.nat(3) }), { maxLength: 40 })
  .map((parts) => {
    let at = 0;
    return parts.map(({ make, waitMs }) => make((at += waitMs)));
  });

function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

const anywhere = {
  agent: maybe(fc.constantFrom(...agents)),
  session: maybe(fc.constantFrom(...sessions)),
  subject: maybe(digit.map((by) => `sub_${by.repeat(32)}`)),
  fromAt: maybe(fc.nat(60)),
  untilAt: maybe(fc.nat(60)),
  before: maybe(fc.nat(40)),
  limit: maybe(fc.integer({ min: 1, max: 9 })),
};
const someFilters = fc.record({
  sessions: fc.record(anywhere),
  events: fc.record({ ...anywhere, kind: maybe(fc.constantFrom('decided', 'outcome', 'boot')) }),
  decisions: fc.record({
    ...anywhere,
    verdict: maybe(fc.constantFrom(...verdicts)),
    tool: maybe(fc.constantFrom(...tools)),
    rule: maybe(fc.constantFrom(...rules)),
    isUnfinished: maybe(fc.boolean()),
  }),
});

/** Drops what is undefined: a filter has a member or has it not. */
function filterOf(members: Readonly<Record<string, unknown>>): Filter {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

test("read models: every page is the oracle's, however entries came in batches", async () => {
  const models = await modelsInFolder(openModels);
  const property = fc.asyncProperty(
    someLog,
    fc.array(fc.nat(40), { maxLength: 4 }),
    fc.array(someFilters, { minLength: 8, maxLength: 8 }),
    async (log, cuts, filters) => {
      await models.drop();
      const oracle = new MemoryModels();
      await oracle.fold(0, log);
      const ends = [...cuts.map((cut) => Math.min(cut, log.length)), log.length];
      let from = 0;
      for (const end of ends.toSorted((a, b) => a - b)) {
        await models.fold(from, log.slice(from, end));
        from = end;
      }
      for (const asked of filters) {
        const [session, decision, event] = [asked.sessions, asked.decisions, asked.events].map(
          filterOf,
        );
        assert.deepEqual(
          await models.sessions(session ?? {}),
          await oracle.sessions(session ?? {}),
        );
        assert.deepEqual(
          await models.decisions(decision ?? {}),
          await oracle.decisions(decision ?? {}),
        );
        assert.deepEqual(await models.events(event ?? {}), await oracle.events(event ?? {}));
      }
    },
  );
  await fc.assert(property, { numRuns: runs(60) });
  await models.close();
});

test('read models: a batch that fails leaves nothing behind', async () => {
  await inFolder(async (folder) => {
    const models = openModels({ file: join(folder, 'models.db'), maxPages: 60 });
    const entries = Array.from({ length: 4000 }, (_, at) =>
      makeEntry('message', { at, agent: 'a', session: 's', open: { from: 'principal' } }),
    );
    await models.fold(0, entries.slice(0, 10));
    await assert.rejects(models.fold(10, entries.slice(10)), isFault('disk'));
    assert.equal(await models.nextIndex(), 10);
    assert.equal((await models.events({})).rows.length, 10);
    await models.fold(10, entries.slice(10, 20));
    assert.equal(await models.nextIndex(), 20);
    await models.close();
  });
});

test('read models: made anew when damaged or older, refused when newer or foreign', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'models.db');
    const tamper = (sql: string): void => {
      const database = new DatabaseSync(file);
      database.exec(sql);
      database.close();
    };
    const nextIndex = async (): Promise<number> => {
      const models = openModels({ file });
      await models.fold(0, [makeEntry('boot')]);
      const next = await models.nextIndex();
      await models.close();
      return next;
    };
    writeFileSync(file, 'no database at all'.repeat(99));
    assert.equal(await nextIndex(), 1);
    writeFileSync(file, '');
    assert.equal(await nextIndex(), 1);
    tamper("UPDATE migration SET digest = 'other'; UPDATE progress SET next_index = 9");
    assert.equal(await nextIndex(), 1);
    tamper('PRAGMA user_version = 99');
    assert.throws(() => openModels({ file }), isFault('newer-schema'));
    tamper('PRAGMA user_version = 1; PRAGMA application_id = 5');
    assert.throws(() => openModels({ file }), isFault('foreign'));
  });
});

test('read models: damage that is met later makes the store anew, and is said', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'models.db');
    const entries = Array.from({ length: 2000 }, (_, at) => makeEntry('heartbeat', { at }));
    const models = openModels({ file });
    await models.fold(0, entries);
    await models.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xee, 40 * 4096));
    const again = openModels({ file });
    assert.equal(await again.nextIndex(), 2000);
    await assert.rejects(again.events({ before: 1000, limit: 1000 }), isFault('damaged'));
    assert.equal(await again.nextIndex(), 0);
    await again.fold(0, entries);
    assert.equal((await again.events({ before: 1000, limit: 1000 })).rows.length, 1000);
    await again.close();
  });
});
