import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { renderPlan, renderUndo, nextOf } from '../report/undo-set.ts';
import { plumb } from '../run-plumb.test.ts';

const AT = Date.UTC(2026, 0, 31, 12);

test('undo: what cannot be asked is said with its place, before any daemon is asked', async () => {
  verifies('incident.undo');
  const said = async (...args: readonly string[]): Promise<string> => {
    const { exit, err } = await plumb('undo', ...args);
    assert.equal(exit, 2, err);
    return err;
  };
  const plan = ['plan', 'rooms'] as const;
  assert.equal(await said(...plan), 'plumb: say which actions: --entries, --session or --since\n');
  assert.equal(
    await said(...plan, '--since', 'noon'),
    'plumb: --since: not a time: `noon`; write 2h or 2026-01-31T12:00Z\n',
  );
  const fill = [...plan, '--since', '2h', '--fill'];
  assert.equal(
    await said(...fill, 'dec_1.why'),
    'plumb: --fill: `dec_1.why` is not <id>.<argument>=<value>\n',
  );
  assert.equal(
    await said(...fill, 'dec_1=x'),
    'plumb: --fill: `dec_1=` takes all arguments as one JSON object\n',
  );
  assert.match(
    await said('approve', 'und_1', '--digest', 'sha256:12', '--reason', 'x'),
    /--digest: give it whole/,
  );
  assert.match(await said('settle', 'und_1', '0'), /say one of --done and --not-done/);
  assert.match(await said('settle', 'und_1', 'x', '--done'), /`x` is no number of an action/);
});

test('undo: a plan says what takes what back, what is to fill in, and what nothing does', () => {
  verifies('incident.undo');
  const base = { at: AT, tool: 'room.book', undo: 'room.cancel', args: null, missing: [] };
  const text = renderPlan({
    reads: 2,
    actions: [
      { ...base, decision: 'd1', can: 'ready', args: { id: 'b1' }, say: null },
      { ...base, decision: 'd2', can: 'fill', missing: ['why'], say: null },
      { ...base, decision: 'd3', can: 'fill', missing: ['*'], say: null },
      { ...base, decision: 'd4', can: 'cannot', undo: null, say: 'it was never sent' },
    ],
  });
  const lines = text.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | ').trim());
  assert.deepEqual(lines.slice(1), [
    'd1 | 2026-01-31T12:00:00.000Z | room.book | room.cancel | {"id":"b1"} | –',
    'd2 | 2026-01-31T12:00:00.000Z | room.book | room.cancel | fill in why',
    'd3 | 2026-01-31T12:00:00.000Z | room.book | room.cancel | ' +
      'say what it takes, even if nothing: --fill <id>={…}',
    'd4 | 2026-01-31T12:00:00.000Z | room.book | nothing | it was never sent',
    '2 more only read, and changed nothing',
  ]);
  assert.equal(renderPlan({ actions: [] }), 'nothing was done there that could be taken back');
});

test('undo: a set says how each action stands, and what comes next', () => {
  verifies('incident.undo');
  const step = { n: 0, tool: 'room.cancel', decision: 'd1', why: 'it answered 409' };
  const set = {
    undo: 'und_1',
    agent: 'rooms',
    state: 'stopped',
    steps: [{ ...step, state: 'failed' }],
  };
  assert.match(renderUndo(set), /0 {2}failed {2}room.cancel .*it answered 409/);
  assert.equal(nextOf(set), 'to try what failed once more: plumb undo run und_1 --again');
  const lost = { ...set, steps: [{ ...step, state: 'unknown' }] };
  assert.match(nextOf(lost), /plumb undo settle und_1 <n> --done\|--not-done/);
  const waiting = { ...set, steps: [{ ...step, state: 'waiting' }] };
  assert.match(nextOf(waiting), /plumb undo run und_1; .*: plumb undo act rooms -- <command>$/);
  const taken = { ...set, state: 'running', isActive: false, steps: [{ ...step, state: 'began' }] };
  assert.match(nextOf(taken), /if that is lost: plumb undo settle und_1 <n> --done\|--not-done/);
  assert.equal(nextOf({ ...taken, isActive: true }), '', 'the daemon itself makes it');
  assert.equal(nextOf({ ...set, state: 'done', steps: [] }), '');
});
