import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { HaltOrder } from '../guard/halts/order.ts';
import type { Caller } from '../routes/caller.ts';
import { type Bypass, BypassBook, type Bypasses, makeBypasses } from './bypasses.ts';
import type { OpenEntry } from './write-entry.ts';

const BY: Caller = {
  kind: 'local',
  id: 'local',
  roles: [],
  scopes: [],
  agents: null,
  person: null,
};

const CALL: Bypass = {
  what: 'call',
  agent: 'desk',
  client: 'claude-code',
  server: null,
  tool: 'claude.Bash',
  evidence: 'a.jsonl:3',
  seenAtMs: 5,
};

type Scene = {
  readonly bypasses: Bypasses;
  readonly book: BypassBook;
  readonly written: OpenEntry[];
  readonly halts: HaltOrder[];
};

function scene(haltsOn: boolean): Scene {
  const written: OpenEntry[] = [];
  const halts: HaltOrder[] = [];
  const book = new BypassBook();
  const guard = {
    // The service looks at nothing but whether there is one.
    status: (agent: string) => (agent === 'desk' ? {} : undefined) as never,
    haltsOn: () => haltsOn,
    halt: (order: HaltOrder) => {
      halts.push(order);
      // What a halt is answered with is not looked at.
      return Promise.resolve({ ok: true, value: {} as never } as const);
    },
  };
  const bypasses = makeBypasses({
    guard,
    book,
    write: (entry) => {
      written.push(entry);
      return Promise.resolve({ ok: true, value: { index: written.length, at: 7 } });
    },
  });
  return { bypasses, book, written, halts };
}

test('bypasses: a finding is recorded once, in the chain of the agent it is of', async () => {
  verifies('fleet.bypass');
  const { bypasses, written, halts } = scene(false);
  const node: Bypass = { ...CALL, agent: null, what: 'process', evidence: 'pid 3', seenAtMs: null };
  const first = await bypasses.report([CALL, node], BY);
  const again = await bypasses.report([{ ...CALL, seenAtMs: 6 }], BY);
  assert(first.ok && again.ok);
  assert.deepEqual(
    written.map(({ kind, agent }) => [kind, agent]),
    [
      ['bypass_found', 'desk'],
      ['bypass_found', null],
    ],
  );
  assert.deepEqual(
    again.value.map(({ isRepeat, index }) => [isRepeat, index]),
    [[true, 1]],
  );
  assert.deepEqual(
    bypasses.list().map(({ what }) => what),
    ['process', 'call'],
  );
  assert.deepEqual(halts, []);
});

test('bypasses: an agent whose pact halts on them is halted for a call alone', async () => {
  verifies('fleet.bypass');
  const { bypasses, halts } = scene(true);
  const running: Bypass = { ...CALL, what: 'process', evidence: 'pid 3' };
  await bypasses.report([running], BY);
  assert.deepEqual(halts, []);
  const taken = await bypasses.report([CALL], BY);
  assert(taken.ok && taken.value[0]?.isHalted === true);
  assert.deepEqual(
    halts.map(({ agent, scope, reason, by }) => [agent, scope, reason, by]),
    [['desk', 'agent', 'bypass', 'kernel']],
  );
});

test('bypasses: of an agent that is not there nothing is recorded', async () => {
  const { bypasses, written } = scene(false);
  const said = await bypasses.report([CALL, { ...CALL, agent: 'other' }], BY);
  assert(!said.ok && said.error.code === 'unknown-agent');
  assert.deepEqual(written, []);
});

test('bypasses: what is folded from the ledger again is the same', async () => {
  const { bypasses, written } = scene(false);
  await bypasses.report([CALL], BY);
  const book = new BypassBook();
  for (const { kind, agent, open } of written) book.fold({ kind, agent, open, at: 7, index: 1 });
  assert.deepEqual(book.list(), bypasses.list());
});
