import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  commitmentTo,
  type Entry,
  formatEntry,
  type Json,
  type JsonObject,
  parseEntry,
} from '@plumbline/core';

import { verifies } from '@plumbline/testkit';

import { auditScene, type AuditScene, servedOf } from '../../../testing/audit-scene.ts';
import { checkRecord } from '../../../testing/check-record.ts';
import { openMemorySequencer } from '../../../testing/memory-sequencer.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';

const OTHER_SEED = 'ab'.repeat(32);

/** A record whose last entry is a draw of one in ten of twenty sessions. */
async function drawnRecord(scene: AuditScene): Promise<void> {
  servedOf(await scene.audits.begin('support', LOCAL));
  for (let place = 0; place < 20; place += 1) await scene.play({ resolved: place < 10 });
  servedOf(await scene.audits.draw({ agent: 'support', raise: null }, LOCAL));
}

function entryOf(bytes: Uint8Array | undefined): Entry {
  const read = parseEntry(bytes ?? new Uint8Array());
  assert.ok(read.ok);
  return read.value;
}

/** What a verifier says of the record when entries of it are others. */
async function verdictOn(
  scene: AuditScene,
  changed: (entry: Entry) => JsonObject | null,
): Promise<readonly string[]> {
  const entries = scene.log.entries().map((bytes) => {
    const entry = entryOf(bytes);
    const open = changed(entry);
    return open === null ? bytes : Buffer.from(formatEntry({ ...entry, open }));
  });
  const log = await openMemorySequencer({ entries });
  const { broken } = await checkRecord({ ...scene, log });
  return broken.map(({ why }) => why);
}

const inDraw =
  (change: (open: JsonObject) => JsonObject) =>
  ({ kind, open }: Entry): JsonObject | null =>
    kind === 'audit_drawn' ? { ...open, ...change(open) } : null;

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

describe('a draw that was tampered with', () => {
  let scene: AuditScene;
  let sessions: readonly Json[] = [];
  const ends: (() => Promise<void>)[] = [];
  after(async () => {
    for (const end of ends) await end();
  });
  before(async () => {
    scene = await auditScene({ after: (end) => void ends.push(end) });
    await drawnRecord(scene);
    sessions = scene.log.entries().flatMap((bytes) => {
      const { kind, session } = entryOf(bytes);
      return kind === 'session_closed' && session !== null ? [session] : [];
    });
  });

  test('draws: as it was written it verifies', async () => {
    verifies('human.audit-sample');
    assert.deepEqual(await verdictOn(scene, () => null), []);
  });

  test('draws: one session put in the place of another is found', async () => {
    verifies('human.audit-sample');
    const why = await verdictOn(
      scene,
      inDraw(({ sample }) => {
        const drawn = listOf(sample);
        const other = sessions.find((session) => !drawn.includes(session)) ?? null;
        return { sample: [other, ...drawn.slice(1)] };
      }),
    );
    assert.deepEqual(why, ['the sample is not the one that the seed draws']);
  });

  test('draws: fewer sessions, or more of them than the rule says, are found', async () => {
    const fewer = inDraw(({ sample }) => ({ sample: listOf(sample).slice(1) }));
    assert.deepEqual(await verdictOn(scene, fewer), [
      'the sample is not the one that the seed draws',
    ]);
    const more = inDraw(() => ({ percent: 20, raised: 'stated' }));
    assert.deepEqual(await verdictOn(scene, more), ['more or fewer were drawn than the rule says']);
  });

  test('draws: a seed that was chosen afterwards is found', async () => {
    const why = await verdictOn(
      scene,
      inDraw(() => ({ seed: OTHER_SEED })),
    );
    assert.deepEqual(why, ['the seed is not the one committed to']);
  });

  test('draws: a smaller population, and strata the agent did not report, are found', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const smaller = inDraw(() => ({ population: { digest, count: 19, leftOut: 0 } }));
    assert.deepEqual(await verdictOn(scene, smaller), [
      'the sessions drawn from are not those that closed',
    ]);
    const strata = inDraw(() => ({ strata: [{ stratum: 'resolved', count: 20, drawn: 2 }] }));
    assert.deepEqual(await verdictOn(scene, strata), [
      'the strata are not what the agent reported',
    ]);
  });

  test('draws: a commitment that was changed with the seed breaks the chain', async () => {
    // The draw then follows, but every entry after the commitment names what stood there before.
    const changed = (entry: Entry): JsonObject | null => {
      const { kind, open } = entry;
      if (kind === 'audit_drawn') return { ...open, seed: OTHER_SEED };
      const isFirst = kind === 'audit_begun' && open['after'] === null;
      return isFirst ? { ...open, commitment: commitmentTo(OTHER_SEED) } : null;
    };
    await assert.rejects(verdictOn(scene, changed), /`prev` is not the entry before it/);
  });

  test('draws: a judgement of what was not drawn, and a second one, are found', async () => {
    const [open] = scene.opens('audit_drawn');
    const [session = null] = listOf(open?.['sample']);
    const audit = open?.['audit'] ?? null;
    const name = typeof audit === 'string' ? audit : '';
    const claims = { right: 0, wrong: 0, unsure: 0 };
    const judged = { audit, session, resolved: 'yes', claims, labels: [], by: 'k', person: 'p' };
    const item = `${name}-1`;
    const write = async (of: JsonObject): Promise<void> => {
      const said = { ...judged, ...of };
      servedOf(await scene.write({ kind: 'audit_judged', agent: 'support', open: said }));
    };
    await write({ item });
    assert.deepEqual(await verdictOn(scene, () => null), []);
    await write({ item });
    await write({ item: `${name}-9` });
    assert.deepEqual(await verdictOn(scene, () => null), [
      'judges what was judged already',
      'judges what was not drawn',
    ]);
  });
});
