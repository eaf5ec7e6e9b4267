import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { valueOf } from '../../../testing/guard-scene.ts';
import { kindsAt } from '../../../testing/log-entries.ts';
import {
  NO_PROOF,
  personCalled,
  servedValue,
  type UndoScene,
  undoScene,
} from '../../../testing/undo-scene.ts';
import type { Received } from '../../../testing/upstream-server.ts';
import type { UndoSelection } from './undo-types.ts';
import type { ShownUndo } from './undos.ts';

async function sceneFor(
  t: TestContext,
  options: Parameters<typeof undoScene>[0] = {},
): Promise<UndoScene> {
  const made = await undoScene(options);
  t.after(() => made.close());
  return made;
}

function select(
  entries: readonly string[] | null,
  more: Partial<UndoSelection> = {},
): UndoSelection {
  return { agent: 'support', entries, session: null, sinceMs: null, leave: [], ...more };
}

const states = ({ steps }: ShownUndo): readonly string[] => steps.map(({ state }) => state);
const sent = ({ upstream }: UndoScene): readonly string[] =>
  upstream.received.map(({ path, body }: Received) => `${path} ${body}`);

test('undo: what was done is listed last first, with what cannot be undone and why', async (t) => {
  verifies('incident.undo', 'pact.reversibility');
  const made = await sceneFor(t);
  const { act, undos, asker } = made;
  await act('room.list', {}, { rooms: 2 });
  await act('room.book', { day: 'mon' }, { id: 'b1' });
  await act('mail.send', { to: 'x' }, { sent: true });
  await act('bill.write', {}, { id: 'i1' });
  await act('gift.give', {}, {});
  const looking = { by: asker, mayRead: true };
  const of = { selection: select(null, { sinceMs: 0 }), filling: {} };
  const plan = servedValue(await undos.plan(of, looking));
  assert.equal(plan.reads, 1);
  assert.deepEqual(
    plan.actions.map(({ tool, can, undo, args, missing, say }) => [
      tool,
      can,
      undo,
      args,
      missing,
      say,
    ]),
    [
      ['gift.give', 'cannot', null, null, [], 'its undo `stock.restore` is not in the armed pact'],
      ['bill.write', 'fill', 'bill.void', { id: 'i1' }, ['why'], null],
      ['mail.send', 'cannot', null, null, [], '`mail.send` cannot be undone'],
      ['room.book', 'ready', 'room.cancel', { id: 'b1' }, [], null],
    ],
  );
  const blind = servedValue(await undos.plan(of, { by: asker, mayRead: false }));
  assert.deepEqual([...new Set(blind.actions.map(({ args }) => args))], [null]);
});

test('undo: another person approves the set, and each action goes through the guard', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run, scene, undos } = made;
  const first = await act('room.book', { day: 'mon' }, { id: 'b1' });
  const second = await act('room.book', { day: 'tue' }, { id: 'b2' });
  const set = await approved([first, second]);
  assert.equal(set.state, 'approved');
  assert.deepEqual(sent(made), [], 'nothing is done before somebody runs it');
  const done = await run(set.undo);
  assert.equal(done.state, 'done');
  assert.deepEqual(states(done), ['done', 'done']);
  assert.deepEqual(sent(made), ['/cancel {"id":"b2"}', '/cancel {"id":"b1"}']);
  const kinds = scene
    .entries()
    .map(({ kind }) => kind)
    .slice(-9);
  assert.deepEqual(
    kinds,
    [
      'undo_planned',
      'undo_asked',
      'undo_voted',
      'undo_run',
      'undo_step',
      'correction',
      'undo_step',
      'undo_step',
      'correction',
      'undo_step',
    ].slice(-9),
  );
  assert.deepEqual(kindsAt(scene.log, done.entries), [
    'undo_asked',
    'undo_voted',
    'undo_run',
    'undo_step',
    'undo_step',
    'undo_step',
    'undo_step',
  ]);
  const again = await undos.plan({ selection: select([first]), filling: {} }, looked(made));
  assert.equal(servedValue(again).actions[0]?.say, `\`${set.undo}\` took it back`);
  const run2 = await undos.run({ undo: set.undo, again: true }, made.asker);
  assert.equal(run2.ok ? '' : run2.error.message, `\`${set.undo}\`: all of it is done`);
});

function looked({ asker }: UndoScene): { readonly by: UndoScene['asker']; readonly mayRead: true } {
  return { by: asker, mayRead: true };
}

test('undo: nobody approves what they asked for, nor anything else than the set', async (t) => {
  verifies('incident.undo');
  const { act, undos, asker, approver } = await sceneFor(t);
  const entries = [await act('room.book', {}, { id: 'b1' })];
  const request = { selection: select(entries), filling: {}, goOn: false, reason: 'a mistake' };
  const { undo, digest } = servedValue(await undos.ask(request, asker));
  const vote = async (of: typeof asker, exact = digest): Promise<string> => {
    const ballot = { undo, digest: exact, outcome: 'approve', reason: 'fine' } as const;
    const voted = await undos.vote(ballot, of, NO_PROOF);
    return voted.ok ? voted.value.state : voted.error.message;
  };
  const own = 'nobody approves what they asked for: ask another person';
  assert.equal(await vote(asker), own);
  assert.equal(await vote({ ...personCalled('LENA@example.com'), id: 'key-2' }), own);
  assert.equal(
    await vote({ ...approver, person: null }),
    "it is approved by people: use a person's own key",
  );
  const other = `sha256:${'1'.repeat(64)}`;
  assert.equal(
    await vote(approver, other),
    `\`digest\` is not that of \`${undo}\`: look at it again`,
  );
  const early = await undos.run({ undo, again: false }, asker);
  assert.equal(
    early.ok ? '' : early.error.message,
    `\`${undo}\`: it waits for another person: \`plumb undo approve\``,
  );
  assert.equal(await vote(approver), 'approved');
  assert.equal(await vote(approver), `\`${undo}\` does not wait: it is approved`);
  const twice = await undos.ask(request, asker);
  assert.equal(twice.ok ? '' : twice.error.message, 'nothing of it can be taken back');
});

test('undo: a set that is not whole is not asked for', async (t) => {
  verifies('incident.undo');
  const { act, undos, asker } = await sceneFor(t);
  const bill = await act('bill.write', {}, { id: 'i1' });
  const ask = async (filling: Record<string, { readonly [name: string]: string }>) => {
    const request = { selection: select([bill]), filling, goOn: false, reason: 'a mistake' };
    const asked = await undos.ask(request, asker);
    return asked.ok ? asked.value.state : asked.error.message;
  };
  assert.equal(await ask({}), `\`${bill}\`: fill in \`why\` of \`bill.void\`, or leave it out`);
  assert.equal(
    await ask({ [bill]: { id: 'i2', why: 'x' } }),
    `\`${bill}\`: \`id\` comes from what was done, as the pact declares`,
  );
  assert.equal(
    await ask({ [bill]: { wy: 'x' } }),
    `\`${bill}\`: \`bill.void\` has no argument \`wy\``,
  );
  assert.equal(await ask({ other: {} }), '`other` is not among the actions: fill in one that is');
  assert.equal(await ask({ [bill]: { why: 'twice' } }), 'pending');
});

test('undo: what the pact refuses stops the set, or is passed over where it says so', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run } = made;
  const low = await act('room.book', {}, { id: 'b1' });
  const high = await act('room.book', {}, { id: 'sealed' });
  const strict = await run((await approved([low, high])).undo);
  assert.deepEqual([strict.state, states(strict)], ['stopped', ['refused', 'planned']]);
  assert.equal(strict.steps[0]?.why, 'the pact refuses it (sealed): the room is sealed');
  servedValue(await made.undos.withdraw({ undo: strict.undo, reason: 'again' }, made.asker));
  const lenient = await run((await approved([low, high], { goOn: true })).undo);
  assert.deepEqual([lenient.state, states(lenient)], ['stopped', ['refused', 'done']]);
  assert.deepEqual(sent(made), ['/cancel {"id":"b1"}']);
});

test('undo: an action the pact asks about waits for whom the rule names', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run, scene, approver } = made;
  const set = await approved([await act('room.book', {}, { id: 'dear' })]);
  const waiting = await run(set.undo);
  assert.deepEqual([waiting.state, states(waiting)], ['stopped', ['waiting']]);
  const [ask] = scene.guard.asks.list();
  assert.equal(ask?.agent, 'support~undo');
  const person = { id: 'omar@example.com', email: 'omar@example.com', groups: ['lead'], names: [] };
  const ballot = { ask: ask?.ask.id ?? '', barred: [], givers: [], outcome: 'approve' } as const;
  const by = { by: approver.id, mechanism: 'key', reason: 'fine', voter: person };
  valueOf(await scene.guard.asks.vote({ ...ballot, ...by }));
  const done = await run(set.undo);
  assert.deepEqual([done.state, states(done)], ['done', ['done']]);
});

test('undo: a halt of the agent does not stop it, one of the fleet or the tool does', async (t) => {
  verifies('incident.undo', 'human.halt');
  const made = await sceneFor(t);
  const { act, approved, run, scene } = made;
  const order = { reason: 'wrong', by: 'local', incident: null } as const;
  const one = await act('room.book', {}, { id: 'b1' });
  const two = await act('room.book', {}, { id: 'b2' });
  const set = await approved([one]);
  const other = await approved([two]);
  valueOf(await scene.guard.halt({ ...order, agent: 'support', scope: 'agent', target: '' }));
  assert.equal((await run(set.undo)).state, 'done');
  valueOf(
    await scene.guard.halt({ ...order, agent: 'support', scope: 'tool', target: 'room.cancel' }),
  );
  const stopped = await run(other.undo);
  assert.equal(stopped.steps[0]?.why, '`room.cancel` is halted: wrong');
  const back = { reason: 'fine', by: 'local' };
  valueOf(
    await scene.guard.resume({ ...back, agent: 'support', scope: 'tool', target: 'room.cancel' }),
  );
  valueOf(await scene.guard.halt({ ...order, agent: null, scope: 'fleet', target: '' }));
  const halted = await run(other.undo, true);
  assert.match(halted.steps[0]?.why ?? '', /^the pact refuses it \(halt:/);
  valueOf(await scene.guard.resume({ ...back, agent: null, scope: 'fleet', target: '' }));
  assert.equal((await run(other.undo, true)).state, 'done');
});

test('undo: what a person locked for the agent is locked for its undoing', async (t) => {
  verifies('incident.undo', 'enforce.human-wins');
  const { act, approved, run, scene } = await sceneFor(t);
  const set = await approved([await act('room.book', {}, { id: 'b1' })]);
  const on = { agent: 'support', entity: 'room', id: 'b1', field: null };
  const said = { reason: 'kept', by: 'local' };
  valueOf(await scene.guard.people.lock({ ...on, ...said, untilMs: null }));
  const refused = await run(set.undo);
  assert.match(refused.steps[0]?.why ?? '', /^the pact refuses it \(lock:room\)/);
  valueOf(await scene.guard.people.unlock({ ...on, ...said }));
  assert.equal((await run(set.undo, true)).state, 'done');
});

test('undo: what failed says why and is tried again only when a person says so', async (t) => {
  verifies('incident.undo');
  let isDown = true;
  const made = await sceneFor(t, {
    answering: (_request, response) => {
      response.writeHead(isDown ? 409 : 200).end();
    },
  });
  const { act, approved, run } = made;
  const set = await approved([await act('room.book', {}, { id: 'b1' })]);
  const failed = await run(set.undo);
  assert.deepEqual([states(failed), failed.steps[0]?.why], [['failed'], 'it answered 409']);
  isDown = false;
  assert.deepEqual(states(await run(set.undo)), ['failed'], 'not by itself');
  assert.deepEqual(states(await run(set.undo, true)), ['done']);
  const keys = made.upstream.received.map(({ headers }) => headers['idempotency-key']);
  assert.equal(new Set(keys).size, 2);
});

test('undo: what nobody knows the end of is done again only on a word', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t, {
    answering: (_request, response) => {
      response.writeHead(504).end();
    },
  });
  const { act, approved, run, undos, asker } = made;
  const set = await approved([await act('room.book', {}, { id: 'b1' })]);
  assert.deepEqual(states(await run(set.undo)), ['unknown']);
  assert.deepEqual(states(await run(set.undo, true)), ['unknown']);
  assert.equal(made.upstream.received.length, 1);
  servedValue(await undos.settle({ undo: set.undo, n: 0, done: true }, asker));
  assert.equal(undos.find(set.undo)?.state, 'done');
});

test('undo: what the daemon makes is ended by nobody else, under way or unknown', async (t) => {
  verifies('incident.undo');
  const arrived = Promise.withResolvers<() => void>();
  const made = await sceneFor(t, {
    answering: (_request, response) => arrived.resolve(() => response.writeHead(504).end()),
  });
  const { act, approved, run, undos, asker } = made;
  const { undo } = await approved([await act('room.book', {}, { id: 'b1' })]);
  const running = run(undo);
  const answer = await arrived.promise;
  const report = { undo, n: 0, status: 'not_sent', result: null } as const;
  const words = [
    await undos.settle({ undo, n: 0, done: false }, asker),
    await undos.report('support', report),
  ];
  answer();
  assert.deepEqual(states(await running), ['unknown']);
  words.push(await undos.report('support', report));
  assert.deepEqual(
    words.map((said) => (said.ok ? 'taken' : said.error.message)),
    [
      `action 0 of \`${undo}\` is under way: wait for its end`,
      `the daemon makes action 0 of \`${undo}\` itself: nobody else reports it`,
      `the daemon makes action 0 of \`${undo}\` itself: nobody else reports it`,
    ],
  );
});

test('undo: an enforcement point takes what no upstream makes, once, and reports it', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run, undos } = made;
  const door = await act('door.open', { door: 'north' }, {});
  const room = await act('room.book', {}, { id: 'b1' });
  const set = await approved([door, room]);
  const waiting = await run(set.undo);
  assert.deepEqual(states(waiting), ['done', 'waiting']);
  const { action } = servedValue(await undos.take('support'));
  assert.deepEqual([action?.n, action?.tool, action?.args], [1, 'door.close', { door: 'north' }]);
  assert.equal(servedValue(await undos.take('support')).action, null);
  const report = { undo: set.undo, n: 1, status: 'ok', result: { closed: true } } as const;
  assert.equal((await undos.report('other', report)).ok, false);
  assert.equal(servedValue(await undos.report('support', report)).state, 'done');
  const twice = await undos.report('support', report);
  assert.equal(
    twice.ok ? '' : twice.error.message,
    `action 1 of \`${set.undo}\` is done: its end is known`,
  );
});

test('undo: another pact, an erased person, or a day later is no leave any more', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run, scene, undos, asker } = made;
  const set = await approved([await act('room.book', {}, { id: 'b1' })]);
  const late = await approved([await act('room.book', {}, { id: 'b2' })]);
  const lost = await approved([await act('room.book', {}, { id: 'b3' })]);
  const { pact } = scene;
  const armed = scene.pacts.load(UNDO_PACT_TWO);
  valueOf(await scene.guard.arm('support', armed));
  const other = await run(set.undo);
  assert.match(other.steps[0]?.why ?? '', /^another pact is armed than .*: withdraw the undo/);
  valueOf(await scene.guard.arm('support', pact));
  scene.subjects.erase((await scene.subjects.named('ada')).id);
  const erased = await run(lost.undo);
  assert.equal(erased.steps[0]?.why, 'its person was erased: nobody knows what it was');
  scene.clock.wait(86_400_001);
  const refused = await undos.run({ undo: late.undo, again: false }, asker);
  assert.match(refused.ok ? '' : refused.error.message, /it was approved too long ago/);
  assert.deepEqual(sent(made), []);
});

test('undo: a start goes on from the ledger, and reports what was under way', async (t) => {
  verifies('incident.undo');
  const made = await sceneFor(t);
  const { act, approved, run, asker, upstream } = made;
  const first = await act('door.open', { door: 'north' }, {});
  const second = await act('room.book', {}, { id: 'b1' });
  const set = await approved([first, second]);
  await run(set.undo);
  servedValue(await made.undos.take('support'));
  assert.deepEqual(states(made.undos.find(set.undo) ?? assert.fail()), ['done', 'began']);
  const { undos } = await made.restarted();
  await undos.resume();
  const found = undos.find(set.undo) ?? assert.fail();
  assert.deepEqual([found.state, states(found)], ['stopped', ['done', 'unknown']]);
  assert.equal(servedValue(await undos.take('support')).action, null);
  const plan = await undos.plan({ selection: select([first, second]), filling: {} }, looked(made));
  assert.deepEqual(
    servedValue(plan).actions.map(({ why }) => why),
    ['undone', 'in-undo'],
  );
  servedValue(await undos.settle({ undo: set.undo, n: 1, done: false }, asker));
  servedValue(await undos.run({ undo: set.undo, again: true }, asker));
  while (undos.find(set.undo)?.isActive === true) await undos.whenChanged(set.undo, 1_000);
  assert.equal(servedValue(await undos.take('support')).action?.tool, 'door.close');
  assert.equal(upstream.received.length, 1);
});

const UNDO_PACT_TWO = `
pact: plumbline/v1
agent: support
purpose: Book rooms, and nothing else.
owner: desk@example.com
autonomy: 2
tools:
  room.book: { effect: write, undo: { tool: room.cancel, args: { id: result.id } } }
  room.cancel: { effect: write }
allow:
  - { id: rooms, tool: [room.book, room.cancel] }
`;
