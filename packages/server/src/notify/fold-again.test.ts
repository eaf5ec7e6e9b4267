import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { randomOf, verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import {
  DOWN,
  haltOpen,
  notifyScene,
  rulesFor,
  TAKEN,
  testChannel,
} from '../../testing/notify-scene.ts';
import { openOutbox } from '../store/embedded/outbox.ts';
import { NoticeFold } from './fold-notices.ts';

/** A ledger of a daemon that told some things, and could not tell others. */
async function ledger(folder: string): Promise<readonly Uint8Array[]> {
  const hook = testChannel();
  const scene = await notifyScene({ folder, channels: [hook] });
  for (let at = 0; at < 30; at += 1) {
    hook.answer = () => (at % 3 === 0 ? DOWN : TAKEN);
    await scene.write('halt', haltOpen(`hlt_${at}`), { agent: `a${at}` });
    await scene.write('finding', { name: 'bypass' }, { agent: 'a', session: `s${at}` });
    await scene.settle();
  }
  await scene.close();
  return scene.log.entries();
}

type Folded = { readonly rows: unknown; readonly promises: unknown; readonly next: number };

/** Folds a ledger by the batches somebody reads it in; those that leave a gap are refused. */
async function foldBy(
  entries: readonly Uint8Array[],
  batches: Iterable<readonly [from: number, to: number]>,
): Promise<Folded & { readonly refused: number }> {
  return inFolder(async (folder) => {
    const outbox = openOutbox(join(folder, 'outbox.db'));
    const clock = (): number => 1_700_000_000_000;
    const rules = rulesFor(['hook']);
    const none = (): undefined => undefined;
    const fold = new NoticeFold({ outbox, rules, origin: 'log.example', clock, ask: none });
    let refused = 0;
    for (const [from, to] of batches) {
      const next = outbox.nextIndex();
      try {
        await fold.fold(from, entries.slice(from, to));
      } catch (error) {
        assert.match(String(error), /bug: entry \d+ is next/);
        assert.equal(outbox.nextIndex(), next, 'nothing of it was taken');
        refused += 1;
      }
    }
    const rows = outbox.rows({ limit: 1_000 }).map(({ key, state, at, notice }) => {
      return { key, state, at, notice };
    });
    const folded = { rows, promises: outbox.promises(), next: outbox.nextIndex(), refused };
    outbox.close();
    return folded;
  });
}

test('fold: entries that come again or out of order lead to no second message', async () => {
  verifies('incident.notify');
  const entries = await inFolder(ledger);
  const whole = await foldBy(entries, [[0, entries.length]]);
  assert.equal(whole.refused, 0);
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const dice = randomOf(seed);
    const batches: [number, number][] = [];
    let reached = 0;
    const read = (from: number, to: number): void => {
      batches.push([from, to]);
      if (from <= reached) reached = Math.max(reached, Math.min(to, entries.length));
    };
    while (reached < entries.length) {
      read(Math.max(0, reached - dice.below(20)), reached + 1 + dice.below(12));
      // What was read before arrives once more, and what comes later arrives too early.
      const again = dice.below(reached + 1);
      if (dice.chance(0.5)) read(again, again + dice.below(30));
      if (dice.chance(0.5)) read(reached + 1 + dice.below(9), reached + 30);
    }
    const { refused, ...folded } = await foldBy(entries, batches);
    assert.ok(refused > 0, 'some batches left a gap');
    const { refused: _none, ...once } = whole;
    assert.deepEqual(folded, once, `seed ${seed}`);
  }
});
