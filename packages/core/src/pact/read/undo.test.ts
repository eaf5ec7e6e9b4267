import { verifies } from '@plumbline/testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { diffPacts } from '../analysis/diff.ts';
import { formatDiagnostic } from '../diagnostic.ts';
import { explainPact } from '../explain/explain-pact.ts';
import { loadPact, type LoadedPact } from '../load.ts';

const UNDOING = (args: string): string => `
pact: plumbline/v1
agent: desk
purpose: Books rooms.
owner: desk@example.com
autonomy: 2
tools:
  room.book:
    effect: write
    undo: { tool: room.cancel, args: ${args} }
    schema: { type: object, properties: { room: {}, days: {} } }
  room.cancel:
    effect: write
    schema: { type: object, properties: { id: {}, why: {} } }
allow:
  - { id: rooms, tool: [room.book, room.cancel] }
`;

const WANTED = 'expected `args.<path>`, `result.<path>`, `result`, or `{ value: … }`';

test('load: the arguments of an undo come from somewhere, and go somewhere', () => {
  verifies('pact.reversibility', 'incident.undo');
  const found = (args: string): readonly string[] => {
    const loaded = loadPact('a.yaml', () => UNDOING(args));
    return (loaded.ok ? loaded.value.warnings : loaded.error).map(formatDiagnostic);
  };
  assert.deepEqual(found('{ id: result.id, why: { value: undone } }'), []);
  assert.deepEqual(found('{ id: args.rom }'), [
    'a.yaml:10:44: unknown field `args.rom` of room.book, did you mean `room`?',
  ]);
  assert.deepEqual(found('{ idd: result }'), [
    'a.yaml:10:40: unknown field `args.idd` of room.cancel, did you mean `id`?',
  ]);
  assert.deepEqual(found('{ id: room }'), [`a.yaml:10:44: ${WANTED}, found \`room\``]);
  assert.deepEqual(found('{ id.x: result }'), [
    'a.yaml:10:40: `id.x` is no argument: name one of the undo tool, without a dot',
  ]);
  assert.deepEqual(found('{ id: { from: x } }'), [`a.yaml:10:44: ${WANTED}, found a mapping`]);
});

test('load: a person reads what takes what back, and sees where its arguments change', () => {
  const load = (args: string): LoadedPact => {
    const loaded = loadPact('a.yaml', () => UNDOING(args));
    assert.ok(loaded.ok);
    return loaded.value;
  };
  const mapped = load('{ id: result.id, why: { value: undone } }');
  const lines = explainPact(mapped).find(({ title }) => title === 'What people can take back');
  assert.deepEqual(lines?.lines, [
    '`room.book` in part, by `room.cancel` with `id` from `result.id`, `why` always "undone", ' +
      'once another person approves.',
    'nothing is declared to take `room.cancel` back.',
  ]);
  const { changes } = diffPacts(mapped, load('{ id: args.room }'));
  const texts = changes.map(({ text }) => text);
  assert.deepEqual(texts, [
    '`undo.args.id` of tool `room.book` changed from `result.id` to `args.room`',
    '`undo.args.why` of tool `room.book` is gone',
  ]);
});
