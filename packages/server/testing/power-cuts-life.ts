import assert from 'node:assert/strict';

import type { CompiledPact } from '@plumbline/core';

import { readPast, replayOnVault } from '../src/daemon/past.ts';
import type { Disk } from '../src/disk/disk.ts';
import { GUARD_BOUNDS, type GuardParts } from '../src/guard/desk.ts';
import { type OpenedGuard, openGuard } from '../src/guard/open-guard.ts';
import type { Log } from '../src/ledger/log.ts';
import { openLog } from '../src/ledger/open-log.ts';
import type { Sequencer } from '../src/ledger/sequencer.ts';
import { Recorder } from '../src/record/recorder.ts';
import type { Caller } from '../src/routes/caller.ts';
import { Subjects } from '../src/seal/subjects.ts';
import { finishErasure } from '../src/services/erasure.ts';
import { makePacts } from '../src/services/pacts.ts';
import type { PactRegistry } from '../src/services/pact-registry.ts';
import type { Pacts, Subjects as People } from '../src/services/services.ts';
import { makeSubjects } from '../src/services/subjects.ts';
import { makeWriteEntry, type WriteEntry } from '../src/services/write-entry.ts';
import { MemoryModels } from './memory-models.ts';
import { testLog } from './log-scene.ts';
import { compileBlob } from './power-cuts-pact.ts';
import type { SmallVault, World } from './power-cuts-world.ts';

const SEGMENT_BYTES = 131_072;
const PUBLISH_EVERY = 40;
const SNAPSHOT_EVERY = 30;

/** One run of the whole program over what a world left, up to its end. */
export type Life = {
  readonly isAlive: () => boolean;
  readonly disk: Disk;
  readonly vault: SmallVault;
  readonly log: Log;
  readonly parts: GuardParts;
  readonly opened: OpenedGuard;
  readonly write: WriteEntry;
  readonly subjects: Subjects;
  readonly registry: PactRegistry;
  readonly pacts: Pacts;
  readonly people: People;
  /** What was handed to the log in this life, by index. */
  readonly appended: ReadonlyMap<number, Uint8Array>;
  /** How many entries stood in the log when it began. */
  readonly resumedAt: number;
};

/** Who publishes. */
export const ADMIN: Caller = {
  id: 'local',
  kind: 'local',
  roles: [],
  scopes: [],
  agents: null,
  person: null,
};

/**
 * Opens log, recorder and guard on what is left, in the order in which the daemon does. A log that
 * refuses is a failure; what the disk does may reject.
 */
export async function openLife(
  world: World,
  { withSnapshots }: { readonly withSnapshots: boolean },
): Promise<Life> {
  const isAlive = world.begin();
  world.machine.trace.length = 0;
  const disk = world.machine.mount();
  const vault = world.mountVault(isAlive);
  const log = await openWorldLog(world, disk);
  const appended = new Map<number, Uint8Array>();
  const sequencer = noting(log, appended);
  const past = await readPast(sequencer);
  await replayOnVault(vault, past);
  const recorder = new Recorder({ sequencer, random: world.dice.bytes });
  const write = makeWriteEntry({ recorder, clock: world.clock.now });
  const subjects = new Subjects(vault);
  const { registry } = past;
  const parts: GuardParts = {
    sequencer,
    recorder,
    subjects,
    pactOf: (digest, sources) => pactIn(sequencer, registry, { digest, sources }),
    clocks: world.clock,
    bounds: { ...GUARD_BOUNDS, sessionIdleMs: 86_400_000, snapshotEvery: SNAPSHOT_EVERY },
    sources: [],
    random: world.dice.bytes,
    ...(withSnapshots ? { snapshots: { disk, vault, failed: () => undefined } } : {}),
  };
  const opened = await openGuard(parts);
  const { guard } = opened;
  const blob = (digest: string): Promise<Uint8Array | undefined> => sequencer.blob(digest);
  const rule = { people: 1, signers: [] } as const;
  const pacts = makePacts({ guard, registry, write, blob, rule, namesBehind: () => [] });
  const erase = (id: string): Promise<boolean> => subjects.erase(id);
  const models = new MemoryModels();
  const caughtUp = (): Promise<void> => Promise.resolve();
  const people = makeSubjects({ guard, vault, erase, write, sequencer, models, caughtUp });
  const resumedAt = opened.resumedAt;
  return {
    isAlive,
    disk,
    vault,
    log,
    parts,
    opened,
    write,
    subjects,
    registry,
    pacts,
    people,
    appended,
    resumedAt,
  };
}

async function openWorldLog(world: World, disk: Disk): Promise<Log> {
  const opened = await openLog(
    testLog(disk, {
      signers: world.signers,
      clock: world.clock.now,
      random: world.dice.bytes,
      segmentBytes: SEGMENT_BYTES,
      publishEvery: PUBLISH_EVERY,
      check: world.dice.chance(0.5) ? 'edge' : 'whole',
    }),
  );
  assert.ok(opened.ok, opened.ok ? '' : `refused: ${opened.error.code}: ${opened.error.message}`);
  return opened.value;
}

function noting(log: Log, appended: Map<number, Uint8Array>): Sequencer {
  return {
    append: (submission) => {
      const taken = log.append(submission);
      appended.set(taken.index, submission.bytes);
      return taken;
    },
    status: () => log.status(),
    read: (from, limit) => log.read(from, limit),
    blob: (digest) => log.blob(digest),
    checkpoint: () => log.checkpoint(),
    publish: () => log.publish(),
    onDurable: (listener) => log.onDurable(listener),
    close: () => log.close(),
  };
}

async function pactIn(
  sequencer: Sequencer,
  registry: PactRegistry,
  { digest, sources }: { readonly digest: string; readonly sources: string | null },
): Promise<CompiledPact | undefined> {
  const blob = await sequencer.blob(sources ?? registry.sourcesOf(digest) ?? '');
  return blob === undefined ? undefined : compileBlob(blob);
}

/** Does what a daemon does before it serves; returns whether the log took it. */
export async function bringIntoForce(life: Life): Promise<boolean> {
  const { opened, write, vault, subjects } = life;
  const open = { version: '0', kernel: '0', node: '24', resumedAt: life.resumedAt };
  const unfinished = opened.unfinished();
  const boot = await write({ kind: 'boot', agent: null, open: { ...open, unfinished } });
  if (!boot.ok) return false;
  const needs = { guard: opened.guard, vault, write, erase: (id: string) => subjects.erase(id) };
  const finished = await finishErasure(needs, null);
  if (!finished.ok) return false;
  const failed = await opened.armAll();
  return failed.length === 0;
}
