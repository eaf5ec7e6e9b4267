import { type Entry, type JsonObject, parseAnySpelling, type VerdictKind } from '@plumbline/core';

/** What an entry changes beside adding a row of events; null: nothing. */
export type EntryChange =
  | {
      readonly kind: 'opened';
      readonly task: string | null;
      readonly openedBy: string;
      /** The mark of its room; empty: it has none; null: the entry does not say. */
      readonly roomMark: string | null;
    }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'decided';
      readonly decision: string;
      readonly pact: string;
      readonly tool: string | null;
      readonly verdict: VerdictKind;
      readonly rules: readonly string[];
      /** The claims of single use that it spent. */
      readonly grants: readonly string[];
    }
  | {
      readonly kind: 'claimed';
      readonly claim: string | null;
      readonly mechanism: string;
      readonly isOnce: boolean;
      readonly verifiedAt: number | null;
      readonly expiresAt: number | null;
    }
  | { readonly kind: 'revoked'; readonly claim: string }
  /** `session` is null for what stops all of an agent. */
  | { readonly kind: 'halted'; readonly session: string | null }
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
  const parsed = parseAnySpelling(bytes);
  if (!parsed.ok) return blank('unreadable');
  const { kind, at, agent, session, open, sealed } = parsed.value;
  return {
    kind,
    at,
    agent,
    session,
    subject: sealed?.subject ?? null,
    blob: sealed !== null && 'blob' in sealed ? sealed.blob.digest : textOf(open['sources']),
    change: agent === null ? null : changeOf(parsed.value),
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
        roomMark: open['roomMark'] === null ? '' : textOf(open['roomMark']),
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
    case 'claim':
      return {
        kind: 'claimed',
        claim: textOf(open['id']),
        mechanism: textOf(open['mechanism']) ?? '',
        isOnce: open['once'] === true,
        verifiedAt: numberOf(open['verifiedAtMs']),
        expiresAt: numberOf(open['expiresAtMs']),
      };
    case 'claim_revoked':
      return { kind: 'revoked', claim: textOf(open['id']) ?? '' };
    case 'halt':
      return haltOf(open);
    default:
      return null;
  }
}

// What a room holds is not open; the other halts void, on the safe side, what all of them hold.
function haltOf({ scope, target }: JsonObject): EntryChange {
  if (scope === 'room') return null;
  return { kind: 'halted', session: scope === 'session' ? textOf(target) : null };
}

/** The members that every parsed `decided` has. Source: spec/entries.md, section "Kinds". */
type DecidedOpen = {
  readonly decision: string;
  readonly pact: string;
  readonly tool: string | null;
  readonly verdict: VerdictKind;
  readonly findings: readonly { readonly rule: string }[];
  readonly grants?: readonly string[];
};

function decidedOf(open: JsonObject): EntryChange {
  // The parser checked the shape of the open part; the compiler sees JSON.
  const { decision, pact, tool, verdict, findings, grants = [] } = open as unknown as DecidedOpen;
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return { kind: 'decided', decision, pact, tool, verdict, rules, grants };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
