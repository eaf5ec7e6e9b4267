import {
  encodeBase64,
  formatTlogProof,
  type LogSource,
  parseCheckpoint,
  parseNote,
  proveConsistency,
  proveInclusion,
  type Tree,
} from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import type { NodeLog, RecordLink } from '../ledger/node-log.ts';
import { LedgerStopped } from '../ledger/sequencer.ts';
import { refused, served } from './served.ts';
import type { Log, RolledLog, Served } from './services.ts';

/** What the log's readers are answered from. `source` reads the served files of the log. */
export type LogNeeds = {
  readonly log: Pick<NodeLog, 'status' | 'checkpoint' | 'current' | 'start' | 'roll'>;
  readonly source: LogSource;
  readonly verifierKey: () => string;
  /** Writes the entries down that end a log and begin the next, in the turn it is called. */
  readonly recordLink: RecordLink;
};

/** Returns the service of the log. */
export function makeLog({ log, source, verifierKey, recordLink }: LogNeeds): Log {
  return {
    status: () => {
      const start = log.start();
      const { nextIndex, durableSize, publishedSize, ...rest } = log.status();
      return {
        ...rest,
        start,
        nextIndex: nextIndex - start,
        durableSize: durableSize - start,
        publishedSize: publishedSize - start,
        verifierKey: verifierKey(),
        checkpoint: log.checkpoint(),
      };
    },
    roll: () => rollOver(log, recordLink),
    entry: async (index) => {
      const { log: current } = await log.current();
      const [bytes] = await current.read(index, 1);
      return bytes === undefined
        ? refused('not-found', `entry ${index} is not in the log yet`)
        : served(bytes);
    },
    proof: async (index) => {
      const { checkpoint, tree } = await publishedTree(log, source);
      const hashes = await proveInclusion(tree, index);
      if (!hashes.ok) return refused('not-found', hashes.error.message);
      return served(formatTlogProof({ index, hashes: hashes.value, checkpoint }));
    },
    consistency: async (from) => {
      const { checkpoint, tree } = await publishedTree(log, source);
      const hashes = await proveConsistency(tree, from);
      if (!hashes.ok) return refused('not-found', hashes.error.message);
      return served({ from, to: tree.size, hashes: hashes.value.map(encodeBase64), checkpoint });
    },
  };
}

async function rollOver(
  log: Pick<NodeLog, 'roll'>,
  recordLink: RecordLink,
): Promise<Served<RolledLog>> {
  try {
    const { log: next, start } = await log.roll(recordLink);
    return served({ origin: next.status().origin, start });
  } catch (cause) {
    if (!(cause instanceof LedgerStopped)) throw cause;
    return refused(cause.reason === 'backlog' ? 'overloaded' : 'unavailable', cause.message);
  }
}

/** The tree is of the size its checkpoint states: between the two a later one may be published. */
async function publishedTree(
  log: Pick<NodeLog, 'current'>,
  source: LogSource,
): Promise<{ readonly checkpoint: string; readonly tree: Tree }> {
  const checkpoint = (await log.current()).log.checkpoint();
  const note = parseNote(Buffer.from(checkpoint, 'utf8'));
  const stated = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!stated.ok)
    throw new Error(`the log's own checkpoint is unreadable: ${stated.error.message}`);
  return { checkpoint, tree: { sha256: primitives.sha256, source, size: stated.value.size } };
}
