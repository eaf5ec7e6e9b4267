import { canonical } from '../canonical.ts';
import type { Event } from '../decide/event.ts';
import { isOutput } from '../decide/tools.ts';
import type { Decision, Finding, Rewrite, Verdict } from '../decide/verdict.ts';
import type { JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import type { Permit } from '../permit/permit.ts';
import type { Route } from '../staging/rule.ts';
import type { Parts } from './entry.ts';

/** The events that are recorded: a permit stands in its decision's entry. */
export type RecordedEvent = Exclude<Event, { readonly kind: 'permit' }>;

/** Why a session ended. */
export type CloseReason = 'closed' | 'idle' | 'erased' | 'evicted';

/** What a decision let through: the tool, and the arguments to act with. */
export type Call = { readonly tool: string; readonly args: JsonObject };

/** What an entry holds beside its event; whatever does not apply is left out. */
export type PartsContext = {
  /** The armed pact: what it does not declare is personal until shown otherwise. */
  readonly pact?: CompiledPact;
  /** `decided`: the permit that was given. */
  readonly permit?: Pick<Permit, 'id' | 'epoch' | 'expiresAtMs'> | null;
  /** `decided`: which side of a staged tool the action goes to. */
  readonly route?: Route | null;
  /** `session_opened`: what the opener calls the session. */
  readonly name?: string | null;
  /** `session_opened`: the mark of its room, null without a room; left out: rooms have no marks. */
  readonly roomMark?: string | null;
  /** `session_closed`: why; `closed` by default. */
  readonly reason?: CloseReason;
  /** `outcome`: when the permit was redeemed, ms UTC. */
  readonly redeemedAt?: number | null;
  /** `outcome`: what its decision let through, which is then not written down twice. */
  readonly call?: Call | null;
  /** `claim`: whether its times are sealed alone, as in the first entries of them. */
  readonly isTimeSealed?: boolean;
};

type Of<K extends Event['kind']> = Extract<Event, { readonly kind: K }>;

const NO_CONTEXT: PartsContext = {};

/**
 * Returns what an event leaves in the ledger: what everyone may read, and what is sealed first.
 * The envelope holds the rest: kind, moment and session. Source: spec/entries.md, section "Kinds".
 */
export function partsOf(event: RecordedEvent, context: PartsContext = NO_CONTEXT): Parts {
  switch (event.kind) {
    case 'decided':
      return decidedParts(event, context);
    case 'outcome':
      return outcomeParts(event, context);
    case 'session_opened':
      return openedParts(event, context);
    case 'session_closed':
      return { open: { reason: context.reason ?? 'closed' }, secret: null };
    case 'message': {
      const { from, text } = event;
      return { open: { from }, secret: { from, text } };
    }
    case 'approval': {
      const { id, outcome, rules } = event.approval;
      return { open: { id, outcome, rules }, secret: { ...event.approval } };
    }
    case 'claim':
      return claimParts(event, context);
    default:
      return { open: openOnly(event), secret: null };
  }
}

function openOnly(
  event: Of<'armed' | 'claim_revoked' | 'finding' | 'gate' | 'halt' | 'resume' | 'lock' | 'unlock'>,
): JsonObject {
  switch (event.kind) {
    case 'armed':
      return { pact: event.pact };
    case 'claim_revoked':
      return { by: event.by, id: event.id };
    case 'finding':
      return { name: event.name };
    case 'gate': {
      const { by, category, outcome, because } = event;
      const closed = because === undefined ? {} : { because };
      return { by, category, outcome, ...reasonOf(event), ...closed };
    }
    case 'halt':
      return { ...event.halt };
    case 'resume':
      return { ...event.resume };
    case 'lock': {
      const { by, entity, field, id, untilMs } = event;
      return { by, entity, field, id, untilMs, ...reasonOf(event), ...everyAgentOf(event) };
    }
    case 'unlock': {
      const { by, entity, field, id } = event;
      return { by, entity, field, id, ...reasonOf(event), ...everyAgentOf(event) };
    }
  }
}

function claimParts({ claim }: Of<'claim'>, { isTimeSealed = false }: PartsContext): Parts {
  const { mechanism, id, once, verifiedAtMs, expiresAtMs } = claim;
  const open = {
    ...(id === undefined ? {} : { id }),
    mechanism,
    ...(once === undefined ? {} : { once }),
    ...(isTimeSealed ? {} : { expiresAtMs, verifiedAtMs }),
  };
  return { open, secret: { ...claim } };
}

function reasonOf({ reason }: { readonly reason?: string }): JsonObject {
  return reason === undefined ? {} : { reason };
}

function everyAgentOf({ isOnEveryAgent }: { readonly isOnEveryAgent?: true }): JsonObject {
  return isOnEveryAgent === undefined ? {} : { isOnEveryAgent };
}

function openedParts(
  event: Of<'session_opened'>,
  { pact, name = null, roomMark }: PartsContext,
): Parts {
  const { principal, task, room, attributes, openedBy, delegation } = event;
  const isKnown = task !== null && pact?.layers.some((layer) => layer.tasks?.has(task) === true);
  const open = {
    openedBy,
    pact: pact?.digest ?? null,
    // No pact declares rooms yet, so none of their names is known to be free of people.
    room: null,
    ...(roomMark === undefined ? {} : { roomMark }),
    task: isKnown === true ? task : null,
    // What was delegated may name anything; who delegated is an agent in a session.
    ...(delegation === undefined
      ? {}
      : { delegation: delegation.map(({ agent, session }) => ({ agent, session })) }),
  };
  const handedDown = delegation === undefined ? {} : { delegation: [...delegation] };
  return { open, secret: { attributes, name, openedBy, principal, room, task, ...handedDown } };
}

function decidedParts(
  { id, action, facts, decision }: Of<'decided'>,
  { pact, permit = null, route = null }: PartsContext,
): Parts {
  const { tool, args, digest } = action;
  const { charges, grants, reserves, spends } = decision;
  const open = {
    charges,
    decision: id,
    findings: decision.because.map(openFinding),
    ...(grants === undefined ? {} : { grants }),
    // A decision is never recorded without the pact it was made under.
    pact: pact?.digest ?? '',
    permit: permit === null ? null : openPermit(permit),
    ...(route === null ? {} : { route: { ...route } }),
    reserves: reserves.map(({ amount, key, windowEndMs }) => ({ amount, key, windowEndMs })),
    spends,
    tool: pact?.tools.has(tool) === true || isOutput(tool) ? tool : null,
    verdict: decision.verdict.kind,
  };
  const secret = {
    action: { args, digest, id: action.id, tool },
    decision: decisionJson(decision),
    facts,
  };
  return { open, secret };
}

function openPermit({ id, epoch, expiresAtMs }: NonNullable<PartsContext['permit']>): JsonObject {
  return { epoch, expiresAtMs, id };
}

function openFinding({ stage, rule, kind, violation, observed, halts }: Finding): JsonObject {
  return {
    ...(halts === undefined ? {} : { halts }),
    kind,
    ...(observed === true ? { observed } : {}),
    rule,
    stage,
    ...(violation === true ? { violation } : {}),
  };
}

/**
 * Returns a decision as JSON: what a rewrite removed has no `value`. Two decisions are the same
 * when the canonical texts of these are.
 */
export function decisionJson(decision: Decision): JsonObject {
  return { ...decision, verdict: verdictJson(decision.verdict) };
}

function verdictJson(verdict: Verdict): JsonObject {
  return verdict.kind === 'modify'
    ? { ...verdict, rewrites: verdict.rewrites.map(rewriteJson) }
    : { ...verdict };
}

function rewriteJson({ rule, path, value }: Rewrite): JsonObject {
  return value === undefined ? { path, rule } : { path, rule, value };
}

function outcomeParts(
  { decision, tool, args, status, result, records }: Of<'outcome'>,
  { redeemedAt = null, call = null }: PartsContext,
): Parts {
  const secret = {
    ...(call !== null && isSame(args, call.args) ? {} : { args }),
    result,
    ...(call?.tool === tool ? {} : { tool }),
  };
  return { open: { decision, records, redeemedAt, status }, secret };
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return one === other || canonical(one) === canonical(other);
}
