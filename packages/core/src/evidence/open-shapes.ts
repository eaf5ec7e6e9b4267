import { isJsonObject } from '../json.ts';
import { MOST_LINKS } from '../authority/delegation.ts';
import { STAGES, VERDICTS } from '../decide/verdict.ts';
import { STAGING_PHASES } from '../staging/rule.ts';
import { DRILL_SHAPES } from './drill-shapes.ts';
import { AUDIT_SHAPES } from './audit-shapes.ts';
import type { EntryKind } from './entry.ts';
import {
  isAny,
  isCount,
  isDigest,
  isName,
  isObject,
  isOneOf,
  isText,
  isWhole,
  listOf,
  membersOf,
  optional,
  orNull,
  type Shape,
} from './shape.ts';
import { UNDO_SHAPES } from './undo-shapes.ts';

const isTrue = isOneOf([true]);
const isBoolean = isOneOf([true, false]);
const isScope = isOneOf(['fleet', 'agent', 'session', 'room', 'tool', 'task']);
const STATUSES = ['ok', 'error', 'not_sent', 'unknown'] as const;
const OBSERVED = ['started', 'processes', 'connections', 'files', 'limit', 'ended'] as const;
const SIGN_OUTS = [
  'asked',
  'idle',
  'over',
  'key',
  'factor',
  'crowded',
  'replaced',
  'lost',
] as const;
const REASONS = ['closed', 'idle', 'erased', 'evicted'] as const;

const isFinding = membersOf({
  stage: isOneOf(STAGES),
  rule: isText,
  kind: isOneOf(VERDICTS),
  observed: optional(isTrue),
  violation: optional(isTrue),
  halts: optional(isOneOf(['session'])),
});

const isReservation = membersOf({
  key: isText,
  amount: (value) => typeof value === 'string' && /^-?\d{1,40}(?:\.\d{1,40})?$/.test(value),
  windowEndMs: orNull(isWhole),
});

const isPermit = membersOf({ id: isName, epoch: isCount, expiresAtMs: isWhole });

const isPhase = isOneOf(STAGING_PHASES);

const isRoute = membersOf({
  side: isOneOf(['staging', 'live']),
  upstream: orNull(isText),
  phase: isPhase,
});

const isVerdictOfCheck = membersOf({
  name: isText,
  seen: isCount,
  bad: isCount,
  sample: isCount,
  allowed: isWhole,
  state: isOneOf(['open', 'passed', 'failed']),
});

const decided: Shape = membersOf({
  decision: isName,
  pact: isDigest,
  tool: orNull(isText),
  verdict: isOneOf(VERDICTS),
  findings: listOf(isFinding),
  charges: listOf(isText),
  reserves: listOf(isReservation),
  spends: listOf(isText),
  grants: optional(listOf(isText)),
  permit: orNull(isPermit),
  route: optional(isRoute),
});

const lock = {
  entity: isText,
  id: isText,
  field: orNull(isText),
  by: isText,
  reason: optional(isText),
  isOnEveryAgent: optional(isTrue),
};
const stop = { scope: isScope, target: isText, reason: isText, by: isText };

const BYPASSES = ['process', 'call', 'credential', 'twice', 'unwired'] as const;

const isIncident = orNull(isOneOf(['optimisation']));
const halt = membersOf({
  ...stop,
  epoch: isCount,
  id: optional(isText),
  incident: optional(isIncident),
  objective: optional(orNull(isDigest)),
});

/** The shape of a delegation whose links have these members. */
const chainOf = (members: { readonly [key: string]: Shape }): Shape => {
  const links = listOf(membersOf({ agent: isName, session: isName, ...members }));
  return optional((value) => Array.isArray(value) && value.length <= MOST_LINKS && links(value));
};

const isEffect = isOneOf(['read', 'write', 'send']);

/** What the open part of each of these must be; other kinds are open as they like. */
export const OPEN_SHAPES: ReadonlyMap<EntryKind, Shape> = new Map<EntryKind, Shape>([
  [
    'session_opened',
    membersOf({
      task: orNull(isText),
      room: orNull(isText),
      roomMark: optional(orNull(isName)),
      openedBy: isText,
      pact: orNull(isDigest),
      delegation: chainOf({}),
    }),
  ],
  ['session_closed', membersOf({ reason: isOneOf(REASONS) })],
  ['message', membersOf({ from: isOneOf(['principal', 'untrusted']) })],
  ['decided', decided],
  [
    'outcome',
    membersOf({
      decision: isName,
      status: isOneOf(STATUSES),
      records: orNull(isWhole),
      redeemedAt: orNull(isCount),
    }),
  ],
  [
    'approval',
    membersOf({ id: isText, outcome: isOneOf(['approved', 'denied']), rules: listOf(isText) }),
  ],
  [
    'claim',
    membersOf({
      mechanism: isText,
      id: optional(isName),
      once: optional(isBoolean),
      verifiedAtMs: optional(isWhole),
      expiresAtMs: optional(isWhole),
    }),
  ],
  ['claim_revoked', membersOf({ id: isName, by: isText })],
  [
    'vote',
    membersOf({
      ask: isName,
      decision: isName,
      outcome: isOneOf(['approve', 'deny']),
      rules: listOf(isText),
      by: isText,
      mechanism: isText,
    }),
  ],
  ['finding', membersOf({ name: isText })],
  [
    'gate',
    membersOf({
      category: isText,
      outcome: isOneOf(['opened', 'kept']),
      by: isText,
      reason: optional(isText),
      because: optional(listOf(isName)),
    }),
  ],
  [
    'staging_moved',
    membersOf({
      pact: isDigest,
      from: isPhase,
      to: isPhase,
      held: isBoolean,
      restart: isBoolean,
      by: isText,
      reason: orNull(isText),
      checks: listOf(isVerdictOfCheck),
    }),
  ],
  ['armed', membersOf({ pact: isDigest })],
  ['halt', halt],
  ['resume', membersOf(stop)],
  ['fleet_halted', membersOf({ ...stop, id: isName, incident: isIncident })],
  ['fleet_resumed', membersOf(stop)],
  [
    'bypass_found',
    membersOf({
      id: isDigest,
      what: isOneOf(BYPASSES),
      client: orNull(isName),
      server: orNull(isText),
      tool: orNull(isText),
      evidence: isText,
      seenAtMs: orNull(isWhole),
      by: isText,
    }),
  ],
  ...UNDO_SHAPES,
  [
    'executor_started',
    membersOf({
      execution: isName,
      halt: isName,
      executor: isText,
      holder: isText,
      scope: isScope,
      target: isText,
      epoch: isCount,
      sessions: optional(listOf(isName)),
    }),
  ],
  [
    'executor_ended',
    membersOf({
      execution: isName,
      executor: isText,
      state: isOneOf(['done', 'failed']),
      ms: isCount,
      tries: isCount,
      why: orNull(isText),
    }),
  ],
  ...DRILL_SHAPES,
  ['observed', membersOf({ what: isOneOf(OBSERVED), count: isCount, refused: isCount })],
  ['lock', membersOf({ ...lock, untilMs: orNull(isWhole) })],
  ['unlock', membersOf(lock)],
  [
    'signed_in',
    membersOf({
      signIn: isName,
      way: isOneOf(['key', 'link', 'passkey', 'oidc']),
      factor: orNull(isName),
      person: isName,
      untilMs: isWhole,
      by: isText,
    }),
  ],
  [
    'signed_out',
    membersOf({
      signIn: isName,
      person: isName,
      why: isOneOf(SIGN_OUTS),
      by: isText,
    }),
  ],
  ['notifying', membersOf({ channels: listOf(isName), kinds: listOf(isName) })],
  [
    'notified',
    membersOf({
      channel: isName,
      kind: isName,
      key: isName,
      thread: isName,
      event: isName,
      severity: isOneOf(['critical', 'high', 'medium', 'low']),
      entry: orNull(isWhole),
      result: isOneOf(['delivered', 'dead', 'folded', 'retried']),
      attempts: isCount,
      fault: orNull(isText),
      by: optional(isText),
      parts: optional(listOf(isName)),
      left: optional(listOf(isName)),
    }),
  ],
  [
    'incident_word',
    membersOf({ notice: isName, text: isText, nextAtMs: orNull(isWhole), by: isText }),
  ],
  ...AUDIT_SHAPES,
]);

const isFact = membersOf({
  name: isText,
  value: isObject,
  source: isText,
  observedAtMs: isWhole,
  maxAgeMs: isWhole,
});

const isModify = membersOf({
  kind: isOneOf(['modify']),
  args: isObject,
  rewrites: listOf(membersOf({ rule: isText, path: isText, value: optional(isAny) })),
});

const isVerdict: Shape = (value) => {
  if (!isJsonObject(value)) return false;
  return value['kind'] === 'modify' ? isModify(value) : isOneOf(VERDICTS)(value['kind']);
};

const decision: Shape = membersOf({
  at: isWhole,
  verdict: isVerdict,
  because: listOf(isObject),
  charges: listOf(isText),
  reserves: listOf(isReservation),
  spends: listOf(isText),
  grants: optional(listOf(isText)),
  marks: listOf(membersOf({ key: isText, untilMs: isWhole })),
  obligations: listOf(isObject),
  readSet: isObject,
});

/** What the sealed plaintext of each of these must be; of the others, an object. */
export const SECRET_SHAPES: ReadonlyMap<EntryKind, Shape> = new Map([
  [
    'session_opened',
    membersOf({
      principal: isText,
      task: orNull(isText),
      room: orNull(isText),
      attributes: isObject,
      openedBy: isText,
      name: orNull(isText),
      delegation: chainOf({
        tools: orNull(listOf(isText)),
        effects: orNull(listOf(isEffect)),
        untilMs: orNull(isWhole),
      }),
    }),
  ],
  ['message', membersOf({ from: isOneOf(['principal', 'untrusted']), text: isText })],
  [
    'decided',
    membersOf({
      action: membersOf({ id: isText, tool: isText, args: isObject, digest: isDigest }),
      facts: listOf(isFact),
      decision,
    }),
  ],
  ['outcome', membersOf({ tool: optional(isText), args: optional(isObject), result: isAny })],
  [
    'approval',
    membersOf({
      id: isText,
      session: isText,
      action: isDigest,
      pact: isDigest,
      rules: listOf(isText),
      outcome: isOneOf(['approved', 'denied']),
      by: listOf(isText),
      reason: isText,
      expiresAtMs: isWhole,
    }),
  ],
  [
    'vote',
    membersOf({
      person: isText,
      reason: isText,
      seats: listOf(
        membersOf({
          rule: isText,
          approvers: listOf(isText),
          quorum: isWhole,
          person: isText,
        }),
      ),
    }),
  ],
  [
    'claim',
    membersOf({
      session: isText,
      name: isText,
      values: listOf(isText),
      mechanism: isText,
      verifiedAtMs: isWhole,
      expiresAtMs: isWhole,
      id: optional(isName),
      once: optional(isBoolean),
      actions: optional(orNull(listOf(isText))),
    }),
  ],
]);
