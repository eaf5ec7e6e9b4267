/** One entry of the ledger as the live stream tells it. */
export type LiveRow = {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly agent: string | null;
  readonly session: string | null;
};

/** What one message of the stream says; `to` is the last index it speaks of. */
export type LiveMessage = { readonly to: number; readonly rows: readonly LiveRow[] };

/** Reads a message of the stream. Returns null where it is none. */
export function parseLiveMessage(text: unknown): LiveMessage | null {
  if (typeof text !== 'string') return null;
  const message = parseJson(text);
  const to = numberAt(message, 'to') ?? numberAt(message, 'index');
  if (to === null) return null;
  const rows: unknown = Reflect.get(Object(message), 'rows');
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [];
  return { to, rows: list.map(readRow).filter((row) => row !== null) };
}

function readRow(row: unknown): LiveRow | null {
  const index = numberAt(row, 'index');
  const at = numberAt(row, 'at');
  const kind = textAt(row, 'kind');
  if (index === null || at === null || kind === null) return null;
  return { index, at, kind, agent: textAt(row, 'agent'), session: textAt(row, 'session') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function numberAt(value: unknown, name: string): number | null {
  const member: unknown = Reflect.get(Object(value), name);
  return typeof member === 'number' ? member : null;
}

function textAt(value: unknown, name: string): string | null {
  const member: unknown = Reflect.get(Object(value), name);
  return typeof member === 'string' ? member : null;
}
