import type { JsonObject } from '@plumbline/core';

import type { WriteEntry } from '../services/write-entry.ts';
import type { Outbox, OutboxRow } from '../store/outbox.ts';
import { severityOf } from './notice.ts';

/** Where ends are read, and how they are written down. */
export type NotingNeeds = {
  readonly outbox: Outbox;
  readonly write: WriteEntry;
  /** The kind of a channel, by its name. */
  readonly kindOf: (channel: string) => string;
  readonly failed: (cause: unknown) => void;
};

const AT_ONCE = 50;

/**
 * Returns what writes into the ledger how messages ended; called again while it runs, it goes on
 * once more. What the log does not take is written later: the outbox remembers it.
 */
export function makeNoting(needs: NotingNeeds): () => Promise<void> {
  let running: Promise<void> | null = null;
  let isWanted = false;
  const run = async (): Promise<void> => {
    do {
      isWanted = false;
      await noteAll(needs);
    } while (isWanted);
  };
  return () => {
    isWanted = true;
    running ??= run()
      .catch(needs.failed)
      .finally(() => (running = null));
    return running;
  };
}

async function noteAll({ outbox, write, kindOf }: NotingNeeds): Promise<void> {
  for (;;) {
    const rows = outbox.unnoted(AT_ONCE);
    for (const row of rows) {
      const entries = entriesOf(outbox, row, kindOf(row.channel));
      for (const open of entries) {
        const written = await write({ kind: 'notified', agent: null, open });
        if (!written.ok) return;
      }
      outbox.noted(row.key);
    }
    if (rows.length < AT_ONCE) return;
  }
}

/** A digest that was told ends what it counts, and what the digests in it count. */
function entriesOf(outbox: Outbox, row: OutboxRow, kind: string): readonly JsonObject[] {
  const entries: JsonObject[] = [];
  const rest = [row];
  for (let each = rest.pop(); each !== undefined; each = rest.pop()) {
    const parts = row.state === 'delivered' ? outbox.parts(each.key) : [];
    const left = each === row ? outbox.left(row.key) : [];
    entries.push({ ...openOf(each, kind, parts), ...(left.length === 0 ? {} : { left }) });
    rest.push(...parts.filter(({ event }) => event === 'digest'));
  }
  return entries;
}

function openOf(row: OutboxRow, kind: string, parts: readonly OutboxRow[]): JsonObject {
  const { channel, key, thread, event, rank, attempts, state, fault } = row;
  return {
    channel,
    kind,
    key,
    thread,
    event,
    severity: severityOf(rank),
    entry: indexIn(row),
    result: state,
    attempts,
    fault: state === 'dead' ? fault : null,
    ...(parts.length === 0 ? {} : { parts: parts.map((part) => part.key) }),
  };
}

function indexIn({ notice }: OutboxRow): number | null {
  const index: unknown = Reflect.get(Object(JSON.parse(notice)), 'index');
  return typeof index === 'number' ? index : null;
}
