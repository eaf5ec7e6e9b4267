import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { CompiledPact } from '@plumbline/core';
import { type Checkpoint, encodeBase64, type Signer } from '@plumbline/ledger';

import { nodeDisk } from '../src/disk/node-disk.ts';
import { GUARD_BOUNDS } from '../src/guard/desk.ts';
import { type OpenedGuard, openGuard } from '../src/guard/open-guard.ts';
import type { Log } from '../src/ledger/log.ts';
import { LOG_DEFAULTS, type LogOptions } from '../src/ledger/log-options.ts';
import { signerOf } from '../src/ledger/primitives.ts';
import type { Appended, Sequencer, Submission } from '../src/ledger/sequencer.ts';
import { LOG_KEY_SECRET } from '../src/record/offline.ts';
import { type Recordable, Recorder } from '../src/record/recorder.ts';
import { blobOf, compileSources, type PactSources } from '../src/services/pact-sources.ts';
import { openVault } from '../src/store/embedded/vault.ts';
import type { Vault } from '../src/store/vault.ts';
import { SUPPORT_PACT } from './guard-pact.ts';
import { Clock, valueOf } from './guard-scene.ts';
import { openTestLog } from './log-scene.ts';

/** The name of the log of a real record. */
export const REAL_ORIGIN = 'log.example/desk';

const SEED = new Uint8Array(32).fill(9);

/** The root key of every real record. */
export const REAL_ROOT_KEY: Uint8Array = new Uint8Array(32).fill(4);

/** Returns the key that signs a real record: whoever has it can write another. */
export function realSigner(origin: string = REAL_ORIGIN): Signer {
  return signerOf(origin, SEED);
}

/** Returns a witness's key. */
export function witnessSigner(): Signer {
  return signerOf('witness.example/w1', new Uint8Array(32).fill(7), 'cosignature');
}

/** A data directory that vault, guard and log write together, as a daemon does. */
export type RealRecord = {
  readonly folder: string;
  readonly clock: Clock;
  readonly opened: OpenedGuard;
  readonly vault: Vault;
  /** Writes down one entry of the node's chain. */
  readonly node: (kind: Recordable['kind'], open: Recordable['open']) => Promise<void>;
  /** Publishes what was written so far. */
  readonly publish: () => Promise<void>;
  /** Ends the log and goes on with the next; the guard goes on as it was. */
  readonly roll: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const SOURCES: PactSources = { entry: 'support.yaml', files: { 'support.yaml': SUPPORT_PACT } };

/** Opens the log of a data directory; a log that continues another begins with `first`. */
function logOf(folder: string, clock: Clock, first: LogOptions['continues'] = null): Promise<Log> {
  return openTestLog(nodeDisk(folder), {
    origin: REAL_ORIGIN,
    signers: (origin) => [realSigner(origin)],
    clock: clock.now,
    segmentBytes: LOG_DEFAULTS.segmentBytes,
    continues: first,
  });
}

/** Writes through to whatever log is open; each is the next one's beginning. */
class Writing {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly recorder: Recorder;
  log: Log;
  /** While a log ends and the next begins: what the recorder made is handed to the log. */
  #made: Submission | null = null;
  #isTaking = false;

  constructor(log: Log, { folder, clock }: Pick<RealRecord, 'folder' | 'clock'>) {
    this.log = log;
    this.#folder = folder;
    this.#clock = clock;
    this.recorder = new Recorder({ sequencer: { append: (what) => this.#append(what) } });
  }

  node(kind: Recordable['kind'], open: Recordable['open']): Promise<void> {
    const chain = { agent: null, session: null, secret: null, subject: null };
    return this.recorder.record({ at: this.#clock.now(), ...chain, kind, open }).durable;
  }

  async roll(): Promise<void> {
    const linked = ({ origin, size, root }: Checkpoint): Recordable['open'] => {
      return { origin, size, root: encodeBase64(root) };
    };
    await this.log.roll((next) => this.#take('rolled', linked(next)));
    const first = (before: Checkpoint): Submission => this.#take('continues', linked(before));
    this.log = await logOf(this.#folder, this.#clock, first);
  }

  #take(kind: 'rolled' | 'continues', open: Recordable['open']): Submission {
    this.#isTaking = true;
    void this.node(kind, open);
    this.#isTaking = false;
    assert.ok(this.#made !== null);
    return this.#made;
  }

  #append(what: Submission): Appended {
    if (!this.#isTaking) return this.log.append(what);
    this.#made = what;
    return { index: 0, durable: Promise.resolve() };
  }
}

/** Makes a data directory with the agent `support`, whose pact is armed, and keeps it open. */
export async function openRealRecord(folder: string): Promise<RealRecord> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const clock = new Clock();
  const vault = openVault({ file: join(folder, 'vault.db'), rootKey: REAL_ROOT_KEY });
  await vault.putSecret(LOG_KEY_SECRET, SEED);
  const writing = new Writing(await logOf(folder, clock), { folder, clock });
  const pact = compiled();
  const sequencer: Sequencer = {
    append: (what) => writing.log.append(what),
    status: () => writing.log.status(),
    read: (from, limit) => writing.log.read(from, limit),
    blob: (digest) => writing.log.blob(digest),
    checkpoint: () => writing.log.checkpoint(),
    publish: () => writing.log.publish(),
    onDurable: (listener) => writing.log.onDurable(listener),
    close: () => writing.log.close(),
  };
  const opened = await openGuard({
    sequencer,
    recorder: writing.recorder,
    subjects: {
      named: (name) => vault.subject(name),
      byId: async (id) => {
        const key = await vault.subjectKey(id);
        return key === undefined ? undefined : { id, key };
      },
    },
    pactOf: () => Promise.resolve(pact),
    clocks: clock,
    bounds: GUARD_BOUNDS,
    sources: [],
  });
  await writing.node('boot', { version: '0', kernel: '0', node: '24', resumedAt: 0 });
  valueOf(await opened.guard.addAgent('support', 'local'));
  publishPact(writing.recorder, { clock, pact });
  valueOf(await opened.guard.arm('support', pact));
  return {
    folder,
    clock,
    opened,
    vault,
    node: (kind, open) => writing.node(kind, open),
    publish: () => writing.log.publish(),
    roll: () => writing.roll(),
    close: async () => {
      await opened.guard.close();
      await writing.log.close();
      await vault.close();
    },
  };
}

function compiled(): CompiledPact {
  const pact = compileSources(SOURCES);
  assert.ok(pact.ok);
  return pact.value;
}

function publishPact(
  recorder: Recorder,
  { clock, pact }: { readonly clock: Clock; readonly pact: CompiledPact },
): void {
  const { digest, bytes } = blobOf(SOURCES);
  const open = { pact: pact.digest, sources: digest, by: 'local', reason: 'first' };
  const chain = { agent: 'support', session: null, secret: null, subject: null };
  const at = clock.now();
  recorder.record({ at, ...chain, kind: 'pact_published', open, blobs: [bytes] });
}
