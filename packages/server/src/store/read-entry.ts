import { type Entry, type JsonObject, parseEntry, type VerdictKind } from '@plumbline/core';

/** What an entry changes beside adding a row of events; null: nothing. */
export type EntryChange =
  | { readonly kind: 'opened'; readonly task: string | null; readonly openedBy: string }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'decided';
      readonly decision: string;
      readonly pact: string;
      readonly tool: string | null;
      readonly verdict: VerdictKind;
      readonly rules: readonly string[];
    }
  | { readonly kind: 'outcome'; readonly decision: string; readonly status: string }
  | null;

/** What the read models keep of one entry: from its open part alone. */
export type ReadEntry = {
  readonly kind: string;
  /** Null when the entry has no time of its own. */
  readonly at: number | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly subject: string | null;
  readonly blob: string | null;
  readonly change: EntryChange;
};

const BRACE = 0x7b;

/**
 * Reads an entry for the read models. Nothing that stands in the log can stop it: what is not JSON
 * is a hand-over note, what is not an entry is `unreadable`.
 */
export function readEntry(bytes: Uint8Array): ReadEntry {
  if (bytes[0] !== BRACE) return blank('handover');
  const parsed = parseEntry(bytes);
  if (!parsed.ok) return blank('unreadable');
  const { kind, at, agent, session, open, sealed } = parsed.value;
  return {
    kind,
    at,
    agent,
    session,
    subject: sealed?.subject ?? null,
    blob: sealed !== null && 'blob' in sealed ? sealed.blob.digest : textOf(open['sources']),
    change: session === null ? null : changeOf(parsed.value),
  };
}

function blank(kind: string): ReadEntry {
  return { kind, at: null, agent: null, session: null, subject: null, blob: null, change: null };
}

function changeOf({ kind, open }: Entry): EntryChange {
  switch (kind) {
    case 'session_opened':
      return {
        kind: 'opened',
        task: textOf(open['task']),
        openedBy: textOf(open['openedBy']) ?? '',
      };
    case 'session_closed':
      return { kind: 'closed' };
    case 'decided':
      return decidedOf(open);
    case 'outcome':
      return {
        kind: 'outcome',
        decision: textOf(open['decision']) ?? '',
        status: textOf(open['status']) ?? '',
      };
    default:
      return null;
  }
}

/** The members that every parsed `decided` has. Source: spec/entries.md, section "Kinds". */
type DecidedOpen = {
  readonly decision: string;
  readonly pact: string;
  readonly tool: string | null;
  readonly verdict: VerdictKind;
  readonly findings: readonly { readonly rule: string }[];
};

function decidedOf(open: JsonObject): EntryChange {
  // The parser checked the shape of the open part; the compiler sees JSON.
  const { decision, pact, tool, verdict, findings } = open as unknown as DecidedOpen;
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return { kind: 'decided', decision, pact, tool, verdict, rules };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
