import {
  type Entry,
  type EntryKind,
  formatEntry,
  type JsonObject,
  parseEntry,
} from '@plumbline/core';

/** What a test says of an entry; everything else is as usual. */
export type EntryPart = Partial<Pick<Entry, 'at' | 'agent' | 'session' | 'sealed'>> & {
  readonly open?: JsonObject;
};

/** Returns the bytes of an entry that parses. Places in chains are all the first. */
export function makeEntry(kind: EntryKind, part: EntryPart = {}): Uint8Array {
  const { at = 0, agent = null, session = null, sealed = null, open = {} } = part;
  return Buffer.from(
    formatEntry({ v: 1, at, kind, agent, session, n: 0, prev: null, open, sealed }),
  );
}

/** The open part of a `decided`. */
export function decidedOpen(part: JsonObject = {}): JsonObject {
  return {
    decision: 'd1',
    pact: `sha256:${'a'.repeat(64)}`,
    tool: 'refund',
    verdict: 'allow',
    findings: [],
    charges: [],
    reserves: [],
    spends: [],
    permit: null,
    ...part,
  };
}

/** The open part of a `session_opened`. */
export function openedOpen(part: JsonObject = {}): JsonObject {
  return { task: null, room: null, openedBy: 'local', pact: null, ...part };
}

/** The open part of an `outcome`. */
export function outcomeOpen(part: JsonObject = {}): JsonObject {
  return { decision: 'd1', status: 'ok', records: null, redeemedAt: null, ...part };
}

/** A finding of a rule, as a `decided` shows it. */
export function findingOf(rule: string): JsonObject {
  return { stage: 'limits', rule, kind: 'deny' };
}

/** What a hand-over note begins with; it is no JSON. */
export const handOverNote: Uint8Array = Buffer.from('ledger.example/agents/prod\n7\n');

/** A sealed part of a subject, told apart by a digit. */
export function sealedFor(digit: string, blobDigit?: string): Entry['sealed'] {
  const head = {
    subject: `sub_${digit.repeat(32)}`,
    nonce: `${'A'.repeat(22)}==`,
    mac: `${'A'.repeat(43)}=`,
  };
  return blobDigit === undefined
    ? { ...head, text: 'AAAA' }
    : { ...head, blob: { digest: `sha256:${blobDigit.repeat(64)}`, size: 99 } };
}

/** Returns of which kind entries of a log are, by their indexes. */
export function kindsAt(
  log: { readonly entries: () => readonly Uint8Array[] },
  indexes: readonly number[],
): readonly (string | undefined)[] {
  const entries = log.entries();
  return indexes.map((index) => {
    const read = parseEntry(entries[index] ?? new Uint8Array());
    return read.ok ? read.value.kind : undefined;
  });
}
