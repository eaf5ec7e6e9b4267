import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { LogStatus } from '../ledger/sequencer.ts';
import { makeHealth } from './health.ts';

const STATUS: LogStatus = {
  origin: 'log.example',
  nextIndex: 1,
  durableSize: 1,
  publishedSize: 1,
  checkpointAt: 1,
  stopped: null,
};

test('health: what keeps decisions from becoming durable is named, the first cause alone', () => {
  let [log, guard]: (string | null)[] = [null, null];
  const sequencer = { status: () => ({ ...STATUS, stopped: log ?? null }) };
  const board = makeHealth({ sequencer, guardStopped: () => guard ?? null }, () => 1);
  assert.deepEqual(board.readiness(), { isReady: true, down: [] });
  guard = 'the state of an agent is lost: restart the daemon';
  assert.deepEqual(board.readiness(), {
    isReady: false,
    down: ['guard: the state of an agent is lost: restart the daemon'],
  });
  log = 'the disk is full: make room';
  assert.deepEqual(board.readiness().down, ['ledger: the disk is full: make room']);
  log = null;
  board.stopping();
  assert.deepEqual(board.readiness().down, ['daemon: it is stopping']);
});
