import assert from 'node:assert/strict';
import { hash } from 'node:crypto';

import { type CompiledPact, type JsonObject, loadPact, parseEntry } from '@plumbline/core';

import { GUARD_BOUNDS, type GuardBounds, type PactOf, type ReviewRule } from '../src/guard/desk.ts';
import type { FactSource } from '../src/guard/gather.ts';
import type { ActionRequest, Answer, Guard, OpenRequest, Outcome } from '../src/guard/guard.ts';
import type { Executing } from '../src/guard/halts/executing.ts';
import { foldWide } from '../src/guard/halts/fold-wide.ts';
import type { HaltPlace } from '../src/guard/halts/halt-file.ts';
import type { WideHalt } from '../src/guard/halts/order.ts';
import { type OpenedGuard, openGuard } from '../src/guard/open-guard.ts';
import type { SnapshotPlace } from '../src/guard/snapshot-file.ts';
import type { Sequencer } from '../src/ledger/sequencer.ts';
import { Recorder } from '../src/record/recorder.ts';
import type { Subject } from '../src/store/vault.ts';
import { SUPPORT_PACT } from './guard-pact.ts';
import { type MemorySequencer, openMemorySequencer } from './memory-sequencer.ts';

/** Time that moves when it is told to. */
export class Clock {
  ms: number = Date.UTC(2026, 0, 1, 12);
  monotonic = 0;

  readonly now = (): number => this.ms;
  readonly monotonicMs = (): number => this.monotonic;

  wait(ms: number): void {
    this.ms += ms;
    this.monotonic += ms;
  }
}

/** Subjects in memory. */
export class MemorySubjects {
  readonly #byId = new Map<string, Subject>();
  readonly #ids = new Map<string, string>();

  readonly named = (name: string): Promise<Subject> => {
    const known = this.#byId.get(this.#ids.get(name) ?? '');
    if (known !== undefined) return Promise.resolve(known);
    const digest = hash('sha256', `${name} ${this.#byId.size} ${this.#ids.size}`, 'hex');
    const subject = { id: `sub_${digest.slice(0, 32)}`, key: Buffer.from(digest, 'hex') };
    this.#byId.set(subject.id, subject);
    this.#ids.set(name, subject.id);
    return Promise.resolve(subject);
  };

  readonly byId = (id: string): Promise<Subject | undefined> => {
    return Promise.resolve(this.#byId.get(id));
  };

  erase(id: string): void {
    this.#byId.delete(id);
  }
}

/** Pacts by digest, as a daemon would compile them again from their sources. */
export class Pacts {
  readonly #byDigest = new Map<string, CompiledPact>();

  readonly pactOf: PactOf = (digest) => Promise.resolve(this.#byDigest.get(digest));

  get(digest: string): CompiledPact | undefined {
    return this.#byDigest.get(digest);
  }

  load(yaml: string): CompiledPact {
    const loaded = loadPact('test.pact.yaml', (path) => {
      return path === 'test.pact.yaml' ? yaml : undefined;
    });
    assert.ok(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
    this.#byDigest.set(loaded.value.pact.digest, loaded.value.pact);
    return loaded.value.pact;
  }
}

/** What a scene may choose; everything has a default. */
export type SceneOptions = {
  readonly bounds?: Partial<GuardBounds>;
  readonly sources?: readonly FactSource[];
  readonly backlog?: number;
  readonly pact?: string;
  readonly snapshots?: SnapshotPlace;
  readonly recorder?: Recorder;
  readonly review?: ReviewRule;
  readonly haltPlace?: HaltPlace;
  readonly executing?: Executing;
  readonly roomMark?: (room: string) => string;
};

/** A guard on a log in memory, with one agent, `support`, whose pact is armed. */
export type GuardScene = {
  readonly clock: Clock;
  readonly subjects: MemorySubjects;
  readonly pacts: Pacts;
  readonly pact: CompiledPact;
  readonly log: MemorySequencer;
  readonly opened: OpenedGuard;
  readonly recorder: Recorder;
  readonly guard: Guard;
  /** Opens a session of `ada` and returns its id. */
  readonly open: (request?: Partial<OpenRequest>) => Promise<string>;
  /** Decides; what is not given has a default. */
  readonly decide: (
    session: string,
    request: string,
    tool: string,
    args?: JsonObject,
  ) => Promise<Outcome<Answer>>;
  /** Opens another guard over a copy of what is durable, and arms what was armed. */
  readonly restart: () => Promise<GuardScene>;
  /** As `restart`, before anything is armed. */
  readonly reopen: () => Promise<OpenedGuard>;
  /** Every durable entry but those of self-tests: kind and open part. */
  readonly entries: () => readonly { readonly kind: string; readonly open: JsonObject }[];
};

/** Returns the value of what must have been done. */
export function valueOf<T>(outcome: Outcome<T>): T {
  assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value;
}

/** Returns the code of what must have been refused, or `done`. */
export function codeOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'done' : outcome.error.code;
}

/** Opens a guard over any log. */
export async function openOver(
  sequencer: Sequencer,
  of: Pick<GuardScene, 'clock' | 'subjects' | 'pacts'>,
  options: SceneOptions = {},
): Promise<OpenedGuard> {
  const wide = new Map<string, WideHalt>();
  for (const bytes of await sequencer.read(0, sequencer.status().durableSize)) {
    const read = parseEntry(bytes);
    if (read.ok) foldWide(wide, read.value);
  }
  return openGuard({
    wide: [...wide.values()],
    sequencer,
    recorder: options.recorder ?? new Recorder({ sequencer }),
    subjects: of.subjects,
    pactOf: of.pacts.pactOf,
    clocks: of.clock,
    bounds: { ...GUARD_BOUNDS, ...options.bounds },
    sources: options.sources ?? [],
    ...(options.review === undefined ? {} : { review: options.review }),
    ...(options.haltPlace === undefined ? {} : { haltPlace: options.haltPlace }),
    ...(options.roomMark === undefined ? {} : { roomMark: options.roomMark }),
    ...(options.executing === undefined ? {} : { executing: options.executing }),
    ...(options.snapshots === undefined ? {} : { snapshots: options.snapshots }),
  });
}

/** Returns a scene whose agent is ready to act. */
export async function guardScene(options: SceneOptions = {}): Promise<GuardScene> {
  const { backlog } = options;
  const log = await openMemorySequencer(backlog === undefined ? {} : { backlog });
  const world = { clock: new Clock(), subjects: new MemorySubjects(), pacts: new Pacts() };
  const pact = world.pacts.load(options.pact ?? SUPPORT_PACT);
  const recorder = options.recorder ?? new Recorder({ sequencer: log });
  const opened = await openOver(log, world, { ...options, recorder });
  valueOf(await opened.guard.addAgent('support', 'local'));
  valueOf(await opened.guard.arm('support', pact));
  return sceneOf({ ...world, pact, log, opened, recorder }, options);
}

type World = Pick<
  GuardScene,
  'clock' | 'subjects' | 'pacts' | 'pact' | 'log' | 'opened' | 'recorder'
>;

function sceneOf(world: World, options: SceneOptions): GuardScene {
  const { guard } = world.opened;
  return {
    ...world,
    guard,
    open: async (request = {}) => {
      const opened = valueOf(await guard.openSession({ ...ADA, ...request }));
      return opened.session;
    },
    decide: (session, request, tool, args = {}) => {
      const asked: ActionRequest = { agent: 'support', session, request, tool, args };
      return guard.decide(asked);
    },
    restart: async () => {
      const log = await copyOf(world.log);
      const recorder = new Recorder({ sequencer: log });
      const opened = await openOver(log, world, { ...options, recorder });
      assert.deepEqual(await opened.armAll(), []);
      return sceneOf({ ...world, log, opened, recorder }, options);
    },
    reopen: async () => openOver(await copyOf(world.log), world, options),
    entries: () => world.log.entries().flatMap(entryOf),
  };
}

// The blobs stay where they are.
async function copyOf(log: MemorySequencer): Promise<MemorySequencer> {
  const copy = await openMemorySequencer({ entries: log.entries() });
  const blob = async (digest: string): Promise<Uint8Array | undefined> => {
    return (await copy.blob(digest)) ?? log.blob(digest);
  };
  return { ...copy, blob };
}

function entryOf(bytes: Uint8Array): readonly { kind: string; open: JsonObject }[] {
  const read = parseEntry(bytes);
  assert.ok(read.ok, read.ok ? '' : read.error);
  const { kind, open, agent } = read.value;
  return agent?.includes('~') === true ? [] : [{ kind, open }];
}

/** What is attested in most tests. */
export const ADA: OpenRequest = {
  agent: 'support',
  principal: 'ada',
  task: null,
  room: null,
  attributes: { customer_id: 'c-1' },
  name: null,
  subject: null,
  openedBy: 'front-end',
};
