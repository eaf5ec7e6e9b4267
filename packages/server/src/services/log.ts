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
import type { Sequencer } from '../ledger/sequencer.ts';
import { refused, served } from './served.ts';
import type { Log } from './services.ts';

/** What the log's readers are answered from. `source` reads the served files. */
export type LogNeeds = {
  readonly sequencer: Pick<Sequencer, 'status' | 'read' | 'checkpoint'>;
  readonly source: LogSource;
  readonly verifierKey: () => string;
};

/** Returns the service of the log. */
export function makeLog({ sequencer, source, verifierKey }: LogNeeds): Log {
  return {
    status: () => ({
      ...sequencer.status(),
      verifierKey: verifierKey(),
      checkpoint: sequencer.checkpoint(),
    }),
    entry: async (index) => {
      const [bytes] = await sequencer.read(index, 1);
      return bytes === undefined
        ? refused('not-found', `entry ${index} is not in the log yet`)
        : served(bytes);
    },
    proof: async (index) => {
      const { checkpoint, tree } = publishedTree(sequencer, source);
      const hashes = await proveInclusion(tree, index);
      if (!hashes.ok) return refused('not-found', hashes.error.message);
      return served(formatTlogProof({ index, hashes: hashes.value, checkpoint }));
    },
    consistency: async (from) => {
      const { checkpoint, tree } = publishedTree(sequencer, source);
      const hashes = await proveConsistency(tree, from);
      if (!hashes.ok) return refused('not-found', hashes.error.message);
      return served({ from, to: tree.size, hashes: hashes.value.map(encodeBase64), checkpoint });
    },
  };
}

/** The tree is of the size its checkpoint states: between the two a later one may be published. */
function publishedTree(
  sequencer: Pick<Sequencer, 'checkpoint'>,
  source: LogSource,
): { readonly checkpoint: string; readonly tree: Tree } {
  const checkpoint = sequencer.checkpoint();
  const note = parseNote(Buffer.from(checkpoint, 'utf8'));
  const stated = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!stated.ok)
    throw new Error(`the log's own checkpoint is unreadable: ${stated.error.message}`);
  return { checkpoint, tree: { sha256: primitives.sha256, source, size: stated.value.size } };
}
