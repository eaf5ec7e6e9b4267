import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openMemorySequencer } from '../../testing/memory-sequencer.ts';
import { LedgerStopped } from '../ledger/sequencer.ts';
import { Recorder } from '../record/recorder.ts';
import { heedSpace, makeSpace } from './space.ts';

const subject = { id: `sub_${'0'.repeat(32)}`, key: new Uint8Array(32) };

test('space: a full disk begins nothing, finishes what is in flight, needs no repair', async () => {
  let freeBytes = 5;
  const disk = { freeBytes: () => Promise.resolve(freeBytes) };
  const space = makeSpace(disk, { warnBytes: 100, refuseBytes: 10 });
  const log = await openMemorySequencer();
  const recorder = new Recorder({ sequencer: heedSpace(log, space) });
  const at = { at: 1, agent: 'a', session: 's', secret: null, subject };
  const begin = (): unknown => recorder.record({ ...at, kind: 'decided', open: {} });
  begin();
  assert.equal((await space.look()).state, 'full');
  assert.throws(begin, (cause) => cause instanceof LedgerStopped && cause.reason === 'backlog');
  const spelled = { name: '"kind":"decided"' };
  recorder.record({ ...at, kind: 'finding', open: spelled });
  recorder.record({ ...at, kind: 'outcome', open: {} });
  freeBytes = 50;
  assert.equal((await space.look()).state, 'low');
  begin();
  freeBytes = 500;
  assert.equal((await space.look()).state, 'enough');
  await log.publish();
  assert.equal(log.entries().length, 4);
});
