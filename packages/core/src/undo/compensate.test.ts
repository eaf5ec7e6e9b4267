import { verifies } from '@plumbline/testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CompiledPact } from '../pact/compiled.ts';
import { loadPact } from '../pact/load.ts';
import { compensate, type DoneAction, misfilled } from './compensate.ts';

function pactOf(tools: string): CompiledPact {
  const text = `
pact: plumbline/v1
agent: desk
purpose: Books things.
owner: desk@example.com
autonomy: 2
tools:
${tools}
allow:
  - { id: all, tool: [room.book, room.cancel] }
`;
  const loaded = loadPact('desk.pact.yaml', () => text);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value.pact;
}

const MAPPED = pactOf(`
  room.book:
    effect: write
    undo:
      tool: room.cancel
      args: { id: result.booking.id, room: args.room, why: { value: undo } }
  room.cancel:
    effect: write
    schema:
      type: object
      required: [id, fee]
      properties: { id: {}, room: {}, why: {}, fee: {} }
`);
const BOOKED: DoneAction = {
  tool: 'room.book',
  args: { room: 'blue' },
  result: { booking: { id: 'b1' } },
  status: 'ok',
  isStaged: false,
};

test('compensate: arguments come from the declared mapping, a person fills in the others', () => {
  verifies('incident.undo', 'pact.reversibility');
  const args = { id: 'b1', room: 'blue', why: 'undo' };
  assert.deepEqual(compensate(MAPPED, BOOKED), {
    kind: 'fill',
    tool: 'room.cancel',
    args,
    missing: ['fee'],
  });
  assert.deepEqual(compensate(MAPPED, BOOKED, { fee: 0 }), {
    kind: 'ready',
    tool: 'room.cancel',
    args: { ...args, fee: 0 },
  });
});

test('compensate: a value that is not where the mapping says is for a person to say', () => {
  const missed = { ...BOOKED, result: 'booked' };
  const found = compensate(MAPPED, missed);
  assert.deepEqual(found.kind === 'fill' ? found.missing : found, ['id', 'fee']);
  const text = compensate(MAPPED, { ...BOOKED, result: '{"booking": {"id": "b2"}}' }, { fee: 1 });
  assert.deepEqual(text.kind === 'ready' ? text.args['id'] : text, 'b2');
});

test('compensate: what nobody mapped and no schema describes is looked at by a person', () => {
  const bare = pactOf(`
  room.book: { effect: write, undo: room.cancel }
  room.cancel: { effect: write }
`);
  const open = compensate(bare, BOOKED);
  assert.deepEqual(open.kind === 'fill' ? open.missing : open, ['*']);
  const closed = compensate(bare, BOOKED, { id: 'b1' });
  assert.deepEqual(closed, { kind: 'ready', tool: 'room.cancel', args: { id: 'b1' } });
});

test('compensate: a person says nothing the pact says, and nothing the tool does not take', () => {
  assert.deepEqual(misfilled(MAPPED, BOOKED, { id: 'b9', colour: 1, fee: 2 }), [
    { name: 'id', say: '`id` comes from what was done, as the pact declares' },
    { name: 'colour', say: '`room.cancel` has no argument `colour`' },
  ]);
});

test('compensate: what was not done, or cannot be undone, says why', () => {
  verifies('incident.undo');
  const why = (pact: CompiledPact, done: Partial<DoneAction>): string => {
    const found = compensate(pact, { ...BOOKED, ...done });
    return found.kind === 'cannot' ? found.why : found.kind;
  };
  assert.equal(why(MAPPED, { status: 'not_sent' }), 'not-sent');
  assert.equal(why(MAPPED, { status: 'error' }), 'failed');
  assert.equal(why(MAPPED, { status: 'unknown' }), 'unknown');
  assert.equal(why(MAPPED, { status: null }), 'unknown');
  assert.equal(why(MAPPED, { isStaged: true }), 'staged');
  assert.equal(why(MAPPED, { tool: 'room.paint' }), 'undeclared');
  assert.equal(why(MAPPED, { tool: 'room.cancel' }), 'irreversible');
  const never = pactOf(`
  room.book: { effect: write, undo: room.forget }
  room.cancel: { effect: write, reversible: partly }
`);
  assert.equal(why(never, {}), 'undo-not-in-pact');
  assert.equal(why(never, { tool: 'room.cancel' }), 'no-undo');
  const reads = pactOf(`
  room.book: { effect: read }
  room.cancel: { effect: write }
`);
  assert.equal(why(reads, {}), 'nothing');
});
