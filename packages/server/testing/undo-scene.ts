import { type JsonObject, parseEntry } from '@plumbline/core';

import type { Recorder } from '../src/record/recorder.ts';
import type { Caller } from '../src/routes/caller.ts';
import { makeCases } from '../src/services/cases.ts';
import type { Served } from '../src/services/services.ts';
import { UndoBook } from '../src/services/undo/undo-book.ts';
import { makeUndos, type ShownUndo, type Undos } from '../src/services/undo/undos.ts';
import { makeWriteEntry } from '../src/services/write-entry.ts';
import { type BrokerScene, brokerScene, CALL } from './broker-scene.ts';
import { type GuardScene, valueOf } from './guard-scene.ts';
import { MemoryModels } from './memory-models.ts';
import type { Answering } from './upstream-server.ts';

/** A pact in which rooms are booked by a service, and doors are opened by somebody else. */
export const UNDO_PACT = `
pact: plumbline/v1
agent: support
purpose: Book rooms.
owner: desk@example.com
autonomy: 2
gates: off
tools:
  room.list: { effect: read, category: rooms }
  room.book:
    effect: write
    category: rooms
    undo: { tool: room.cancel, args: { id: result.id } }
  room.cancel: { effect: write, category: rooms, entity: { kind: room, id: id } }
  mail.send: { effect: send, category: mail, reversible: no }
  door.open:
    effect: write
    category: doors
    undo: { tool: door.close, args: { door: args.door } }
  door.close: { effect: write, category: doors }
  bill.write: { effect: write, category: bills, undo: { tool: bill.void, args: { id: result.id } } }
  bill.void:
    effect: write
    category: bills
    schema: { type: object, required: [id, why], properties: { id: {}, why: {} } }
  gift.give: { effect: write, category: gifts, undo: stock.restore }
allow:
  - { id: rooms, tool: [room.list, room.book, room.cancel] }
  - { id: others, tool: [mail.send, door.open, door.close, bill.write, bill.void, gift.give] }
exclude:
  - { id: sealed, tool: room.cancel, when: args.id == "sealed", say: the room is sealed }
step_up:
  - { id: dear, tool: room.cancel, when: args.id == "dear", approvers: [role:lead], within: 1h }
`;

/** A guard, a broker to a service on this machine, and what people take back. */
export type UndoScene = BrokerScene & {
  readonly undos: Undos;
  /** Who changed their minds. */
  readonly asker: Caller;
  readonly approver: Caller;
  /** Lets an action through and reports what came of it; returns its decision. */
  readonly act: (tool: string, args: JsonObject, result: JsonObject) => Promise<string>;
  /** Asks for a set over decisions, and has the other person approve it. */
  readonly approved: (
    entries: readonly string[],
    more?: { readonly goOn?: boolean; readonly filling?: Readonly<Record<string, JsonObject>> },
  ) => Promise<ShownUndo>;
  /** Runs a set until nothing of it is under way. */
  readonly run: (undo: string, again?: boolean) => Promise<ShownUndo>;
  /** Another service over a copy of what is durable, as after a start. */
  readonly restarted: () => Promise<{ readonly undos: Undos; readonly guard: GuardScene }>;
  readonly book: UndoBook;
};

const WRITES = { ...CALL, method: 'POST', body: 'args' } as const;

/** Returns a person with a key of their own. */
export function personCalled(id: string): Caller {
  const person = { id, email: id, groups: ['lead'] };
  return { id: `key-${id}`, kind: 'person', roles: ['admin'], scopes: [], agents: null, person };
}

/** Opens a scene in which `support` may be taken back. */
export async function undoScene(
  options: { readonly answering?: Answering; readonly pact?: string } = {},
): Promise<UndoScene> {
  const { answering, pact = UNDO_PACT } = options;
  const made = await brokerScene({
    pact,
    ...(answering === undefined ? {} : { answering }),
    tools: {
      'room.book': { ...WRITES, path: '/book' },
      'room.cancel': { ...WRITES, path: '/cancel' },
      'bill.void': { ...WRITES, path: '/void' },
    },
  });
  const book = new UndoBook();
  const recorder = made.scene.recorder;
  const undos = undosOver(made.scene, { made, book, recorder });
  const asker = personCalled('lena@example.com');
  const approver = personCalled('omar@example.com');
  const { scene } = made;
  const session = await scene.open();
  let requests = 0;
  const scening: UndoScene = {
    ...made,
    undos,
    asker,
    approver,
    book,
    act: async (tool, args, result) => {
      requests += 1;
      const answer = valueOf(await scene.decide(session, `a${requests}`, tool, args));
      const { decision, permit } = answer;
      valueOf(scene.guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
      const report = { agent: 'support', session, decision, status: 'ok', records: null } as const;
      valueOf(await scene.guard.outcome({ ...report, result }));
      return decision;
    },
    approved: async (entries, { goOn = false, filling = {} } = {}) => {
      const selection = { agent: 'support', entries, session: null, sinceMs: null, leave: [] };
      const reason = 'booked by mistake';
      const asked = servedValue(await undos.ask({ selection, filling, goOn, reason }, asker));
      const { undo, digest } = asked;
      const ballot = { undo, digest, outcome: 'approve', reason: 'so it was' } as const;
      return servedValue(await undos.vote(ballot, approver, NO_PROOF));
    },
    run: async (undo, again = false) => {
      servedValue(await undos.run({ undo, again }, asker));
      return untilStill(undos, undo);
    },
    restarted: async () => {
      const again = await scene.restart();
      const folded = new UndoBook();
      for (const [index, bytes] of again.log.entries().entries()) {
        const read = parseEntry(bytes);
        if (read.ok) folded.fold({ ...read.value, index });
      }
      return {
        undos: undosOver(again, { made, book: folded, recorder: again.recorder }),
        guard: again,
      };
    },
  };
  return scening;
}

/** What votes come with where no second factor is asked for. */
export const NO_PROOF = { proof: undefined, purpose: { path: '', body: {} } } as const;

/** Waits until nothing of a set is under way, and returns how it is then. */
export async function untilStill(undos: Undos, undo: string): Promise<ShownUndo> {
  while (undos.find(undo)?.isActive === true) await undos.whenChanged(undo, 1_000);
  const set = undos.find(undo);
  if (set === undefined) throw new Error(`there is no ${undo}`);
  return set;
}

/** Returns the value of what must have been served. */
export function servedValue<T>(outcome: Served<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value;
}

type Over = { readonly made: BrokerScene; readonly book: UndoBook; readonly recorder: Recorder };

function undosOver(scene: GuardScene, { made, book, recorder }: Over): Undos {
  const models = new MemoryModels();
  const { guard, log, subjects, clock, opened } = scene;
  const write = makeWriteEntry({ recorder, clock: clock.now });
  const caughtUp = async (): Promise<void> => {
    const from = await models.nextIndex();
    await models.fold(from, await log.read(from, 10_000));
  };
  const vault = {
    subjectKey: async (id: string) => (await subjects.byId(id))?.key,
  };
  const reading = { models, sequencer: log, vault, write, caughtUp };
  const cases = makeCases({ ...reading, guard });
  const nobody = { check: () => Promise.resolve({ ok: true as const, value: null }) };
  return makeUndos({
    ...reading,
    guard,
    undo: opened.undo,
    broker: made.broker,
    upstreams: made.upstreams,
    book,
    subjects,
    clock: clock.now,
    pseudonymOf: (person) => `per_${person}`,
    voterOf: (person) => Promise.resolve({ ...person, names: [`key-${person.id}`] }),
    namesBehind: (id) => [id.replace('key-', '')],
    proving: { factors: nobody, demand: 'none' },
    failed: (cause) => {
      throw cause;
    },
    label: ({ decision, note, by }) =>
      cases.correct({ decision, note, label: 'undone' }, { id: by }),
  });
}
