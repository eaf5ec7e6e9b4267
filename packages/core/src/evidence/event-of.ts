import type { Delegation } from '../authority/delegation.ts';
import type { Event } from '../decide/event.ts';
import type { Decision, Finding, Verdict, VerdictKind } from '../decide/verdict.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Entry } from './entry.ts';
import { SECRET_SHAPES } from './open-shapes.ts';
import type { Call, RecordedEvent } from './parts.ts';
import { isObject } from './shape.ts';

/**
 * Returns whether a sealed plaintext has the shape its kind must have. `eventOf` takes no other.
 * Source: spec/entries.md, section "Kinds".
 */
export function isSecretOf(entry: Pick<Entry, 'kind'>, secret: Json): secret is JsonObject {
  return isObject(secret) && (SECRET_SHAPES.get(entry.kind) ?? isObject)(secret);
}

/**
 * Returns the event an entry records, or null when it records none: the kind is not one of the
 * kernel's, or what it says cannot be known any more and leaving it out only narrows.
 *
 * secret: the sealed plaintext, of the shape `isSecretOf` asks for; null when it was erased (then
 * what comes back is what is open, on the safe side) or when nothing was sealed.
 * call: what the decision of an outcome let through.
 * Source: spec/entries.md, section "Folding".
 */
export function eventOf(
  entry: Entry,
  secret: JsonObject | null,
  call: Call | null = null,
): RecordedEvent | null {
  const { kind, at } = entry;
  switch (kind) {
    case 'armed':
    case 'lock':
    case 'unlock':
      return shaped({ ...entry.open, kind, at });
    case 'gate':
    case 'finding':
    case 'claim_revoked':
      return shaped({ ...entry.open, kind, at, session: entry.session });
    case 'halt':
      return shaped({ kind, at, halt: entry.open });
    case 'resume':
      return shaped({ kind, at, resume: entry.open });
    case 'session_closed':
      return { kind, at, session: entry.session ?? '' };
    case 'approval':
      return secret === null ? null : shaped({ kind, at, approval: secret });
    case 'claim':
      return secret === null ? null : shaped({ kind, at, claim: secret });
    case 'session_opened':
    case 'message':
    case 'decided':
    case 'outcome':
      return sealedEvent(entry, secret, call);
    default:
      return null;
  }
}

/**
 * Returns the events to fold for an entry, in order. They are `eventOf`, and for an erased opening
 * of a session what marks that it may have read anything. Source: spec/entries.md, "Folding".
 */
export function eventsOf(
  entry: Entry,
  secret: JsonObject | null,
  call: Call | null = null,
): readonly RecordedEvent[] {
  const event = eventOf(entry, secret, call);
  if (event === null) return [];
  if (event.kind !== 'session_opened' || secret !== null) return [event];
  const { at, session } = event;
  return [event, { kind: 'message', at, session, from: 'untrusted', text: '' }];
}

/** Returns what a decision let through, or null when it let nothing through. */
export function callOf(event: Extract<Event, { readonly kind: 'decided' }>): Call | null {
  const { verdict } = event.decision;
  const { tool, args } = event.action;
  if (verdict.kind === 'allow') return { tool, args };
  return verdict.kind === 'modify' ? { tool, args: verdict.args } : null;
}

/** Parsed entries and their secrets have the shape of their kind, which was checked. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the kind
function shaped<T extends object = RecordedEvent>(value: object): T {
  // The shapes in `open-shapes.ts` are these types, member for member; the compiler sees JSON.
  return value as T;
}

function sealedEvent(
  entry: Entry,
  secret: JsonObject | null,
  call: Call | null,
): RecordedEvent | null {
  const { kind, at } = entry;
  const session = entry.session ?? '';
  if (kind === 'outcome') return outcomeEvent(entry, secret, call);
  if (secret === null) return erasedEvent(entry, session);
  if (kind === 'message') return shaped({ ...secret, kind, at, session });
  if (kind === 'decided') return decidedEvent(entry, secret, session);
  const { name: _, ...opening } = secret;
  return shaped({ ...opening, kind, at, session });
}

type DecidedSecret = Pick<Extract<Event, { readonly kind: 'decided' }>, 'action' | 'facts'> & {
  readonly decision: Decision;
};

function decidedEvent({ at, open }: Entry, secret: JsonObject, session: string): RecordedEvent {
  const { action, facts, decision } = shaped<DecidedSecret>(secret);
  return shaped({
    kind: 'decided',
    at,
    id: open['decision'],
    action: { ...action, session },
    facts,
    decision: withRemovals(decision),
  });
}

/** A rewrite without a value removed what stood there. */
function withRemovals(decision: Decision): Decision {
  const { verdict } = decision;
  if (verdict.kind !== 'modify') return decision;
  const rewrites = verdict.rewrites.map((rewrite) => {
    const { rule, path, value } = rewrite;
    return { rule, path, value };
  });
  return { ...decision, verdict: { ...verdict, rewrites } };
}

type OutcomeOpen = Pick<
  Extract<Event, { readonly kind: 'outcome' }>,
  'decision' | 'status' | 'records'
>;

function outcomeEvent(entry: Entry, secret: JsonObject | null, call: Call | null): RecordedEvent {
  const { decision, status, records } = shaped<OutcomeOpen>(entry.open);
  const { tool, args, result } = shaped<Partial<Call & { result: Json }>>({ ...call, ...secret });
  return {
    kind: 'outcome',
    at: entry.at,
    decision,
    session: entry.session ?? '',
    tool: tool ?? '',
    args: args ?? {},
    status,
    result: result ?? null,
    records,
  };
}

/** What an entry says without its payload, on the safe side. */
function erasedEvent(entry: Entry, session: string): RecordedEvent | null {
  const { kind, at, open, sealed } = entry;
  if (kind === 'decided') return erasedDecision(entry, session);
  if (kind === 'message') return { kind, at, session, from: 'untrusted', text: '' };
  return {
    kind: 'session_opened',
    at,
    session,
    principal: `erased:${sealed?.subject ?? ''}`,
    task: typeof open['task'] === 'string' ? open['task'] : null,
    room: typeof open['room'] === 'string' ? open['room'] : null,
    attributes: {},
    openedBy: typeof open['openedBy'] === 'string' ? open['openedBy'] : '',
    ...erasedDelegation(open['delegation']),
  };
}

// What was handed down is not known any more: nothing.
function erasedDelegation(links: Json | undefined): { readonly delegation?: Delegation[] } {
  if (!Array.isArray(links)) return {};
  const nothing = { tools: [], effects: [], untilMs: null };
  return { delegation: links.map((link) => shaped({ ...Object(link), ...nothing })) };
}

type DecidedOpen = Pick<Decision, 'charges' | 'grants' | 'reserves' | 'spends'> & {
  readonly decision: string;
  readonly tool: string | null;
  readonly verdict: VerdictKind;
  readonly findings: readonly Omit<Finding, 'say'>[];
};

const NO_DIGEST = `sha256:${'0'.repeat(64)}` as const;

function erasedDecision({ at, open }: Entry, session: string): RecordedEvent {
  const { decision: id, tool, verdict, findings, ...held } = shaped<DecidedOpen>(open);
  const { charges, grants, reserves, spends } = held;
  const rest = { charges, reserves, spends, ...(grants === undefined ? {} : { grants }) };
  return {
    kind: 'decided',
    at,
    id,
    action: { id: `erased:${id}`, session, tool: tool ?? '', args: {}, digest: NO_DIGEST },
    facts: [],
    decision: {
      at,
      verdict: erasedVerdict(verdict, at),
      because: findings.map((finding) => ({ ...finding, say: '' })),
      ...rest,
      marks: [],
      obligations: [],
      readSet: {},
    },
  };
}

function erasedVerdict(kind: VerdictKind, at: number): Verdict {
  switch (kind) {
    case 'allow':
      return { kind };
    case 'modify':
      return { kind, args: {}, rewrites: [] };
    case 'step_up':
      return { kind, requirements: [] };
    case 'defer':
      return { kind, until: [], expiresAtMs: at };
    case 'deny':
      return { kind, say: '' };
  }
}
