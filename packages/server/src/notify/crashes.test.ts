import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import {
  haltOpen,
  notifyScene,
  openScene,
  TAKEN,
  testChannel,
} from '../../testing/notify-scene.ts';
import { type MemorySequencer, openMemorySequencer } from '../../testing/memory-sequencer.ts';
import type { Outbox } from '../store/outbox.ts';

class Crash extends Error {}

const CRASHING = ['begin', 'end', 'noted', 'reach', 'put', 'putChannel'] as const;

/** After so many writes the outbox is dead: what was committed before stands in its file. */
function crashAfter(outbox: Outbox, writes: number, died: () => void): Outbox {
  let left = writes;
  const dying = { ...bound(outbox) };
  for (const name of CRASHING) {
    const act: (...args: never[]) => unknown = Reflect.get(dying, name);
    Reflect.set(dying, name, (...args: never[]) => {
      left -= 1;
      if (left < 0) {
        died();
        throw new Crash();
      }
      return act(...args);
    });
  }
  return dying;
}

function bound(outbox: Outbox): Outbox {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(outbox));
  const methods = names.map((name) => [name, Reflect.get(outbox, name)] as const);
  const own = methods.filter(([, method]) => typeof method === 'function');
  // Every method of the class, which is what the contract consists of.
  return Object.fromEntries(own.map(([name, act]) => [name, act.bind(outbox)])) as Outbox;
}

const ROUNDS = 120;

/** One ledger, many lives of the outbox; each ends at another write. */
async function live(
  folder: string,
  log: MemorySequencer,
  of: { readonly round: number; readonly hook: ReturnType<typeof testChannel> },
): Promise<void> {
  const { promise: died, resolve: die } = Promise.withResolvers<'died'>();
  const scene = await openScene(folder, {
    channels: [of.hook],
    log,
    start: 1_700_000_000_000 + of.round * 600_000,
    around: (outbox) => crashAfter(outbox, 1 + ((of.round * 7) % 40), () => die('died')),
  });
  const lived = async (): Promise<void> => {
    await scene.write('halt', haltOpen(`hlt_${of.round}`), { agent: `a${of.round}` });
    await scene.notifier.start();
    await scene.settle();
  };
  await Promise.race([lived().catch(() => die('died')), died]);
  await scene.abandon();
}

test('crashes: killed at any write, all is told, and nothing told is told again', async () => {
  verifies('incident.notify');
  await inFolder(async (folder) => {
    const log = await openMemorySequencer({ clock: () => 1_700_000_000_000 });
    const hook = testChannel();
    const sentTwice = new Map<string, number>();
    hook.answer = ({ key }) => {
      sentTwice.set(key, (sentTwice.get(key) ?? 0) + 1);
      return TAKEN;
    };
    // Read by one that never dies, so that a channel is known from the start.
    const first = await notifyScene({ folder, channels: [hook], log });
    await first.close();
    for (let round = 0; round < ROUNDS; round += 1) {
      // Sometimes the file itself is lost, and all that is known is the ledger.
      if (round % 30 === 29) rmSync(join(folder, 'outbox.db'));
      await live(folder, log, { round, hook });
    }
    const start = 1_700_000_000_000 + ROUNDS * 600_000;
    const last = await notifyScene({ folder, channels: [hook], log, start });
    await last.pass(60_000, 10_000);
    await last.close();
    const halts = log
      .entries()
      .map((bytes) => JSON.parse(Buffer.from(bytes).toString()))
      .filter(({ kind }) => kind === 'halt');
    assert.ok(halts.length > ROUNDS / 2, `${halts.length} halts were written`);
    const told = new Set(
      hook.taken.flatMap(({ notice }) => (notice.event === 'halt' ? [notice.index] : [])),
    );
    assert.equal(told.size, halts.length, 'every halt was told');
    const notes = log
      .entries()
      .map((bytes) => JSON.parse(Buffer.from(bytes).toString()))
      .filter(({ kind, open }) => kind === 'notified' && open.result === 'delivered');
    assert.equal(new Set(notes.map(({ open }) => open.key)).size, sentTwice.size);
  });
});
