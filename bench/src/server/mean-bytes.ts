import { parseEntry } from '@plumbline/core';
import type { Sequencer } from '@plumbline/server/source/ledger/sequencer';

/** How long the entries of intents and outcomes are on average, in bytes. */
export type MeanBytes = { readonly decided: number; readonly outcome: number };

const SAMPLE = 4_096;

/** Returns what the last entries of a log say. */
export async function entryBytes(log: Sequencer): Promise<MeanBytes> {
  const { durableSize } = log.status();
  const entries = await log.read(Math.max(durableSize - SAMPLE, 0), SAMPLE);
  const ofKind = (kind: string): number => {
    const lengths = entries.flatMap((bytes) => {
      const read = parseEntry(bytes);
      return read.ok && read.value.kind === kind ? [bytes.length] : [];
    });
    return Math.round(lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
  };
  return { decided: ofKind('decided'), outcome: ofKind('outcome') };
}
