import type { Json, OutcomeStatus } from '@plumbline/core';

import type { Egress, EgressFault, EgressResult } from '../egress/egress.ts';
import type { Guard, OutcomeReport, PermittedAction, Stopped } from '../guard/guard.ts';
import { ownerOf } from '../guard/undo-agent.ts';
import type { Credential } from '../store/vault.ts';
import { chooseCredential, isUsable } from './choose-credential.ts';
import { BrokeredFlights } from './flights.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { injectSecret, type Injected } from './inject.ts';
import { planCall, type PlannedCall, type Upstreams } from './plan-call.ts';
import { readAnswer } from './read-answer.ts';
import { type Forwarded, refuseCall } from './refusal.ts';
import { scrubber } from './scrub.ts';

/** A permit to be used for a call that the daemon makes itself. */
export type ForwardRequest = { readonly agent: string; readonly token: string };

/**
 * What became of a brokered call; its outcome stands in the ledger at `index` when this is there.
 * `http` is the upstream's status, null where it answered nothing whole; `say` why not.
 */
export type ForwardAnswer = {
  readonly decision: string;
  readonly index: number;
  readonly status: OutcomeStatus;
  readonly http: number | null;
  readonly result: Json;
  readonly say: string | null;
};

/** One use of a credential. `version` counts its secrets. */
export type CredentialUse = {
  readonly agent: string;
  readonly credential: string;
  readonly version: number;
  /** Null: a request to a server that belongs to no action. */
  readonly decision: string | null;
  readonly upstream: string;
  readonly method: string;
};

/** What halting took out of memory. */
export type Dropped = Stopped & { readonly credentials: readonly string[] };

/** What a broker stands on. */
export type BrokerParts = {
  readonly guard: Pick<Guard, 'inspect' | 'redeem' | 'outcome' | 'onHalt' | 'status'>;
  readonly egress: Pick<Egress, 'request'>;
  readonly upstreams: Upstreams;
  readonly secrets: HeldSecrets;
  readonly credentials: {
    /** Every credential, in the order they were added. */
    readonly all: () => Iterable<Credential>;
    readonly used: (id: string) => void;
  };
  /** Writes a use down, in this turn; false when the log does not take it. */
  readonly note: (use: CredentialUse) => boolean;
  readonly clock: () => number;
  /** Is told, in a later turn, what a halt dropped. */
  readonly dropped: (what: Dropped) => void;
  /** Calls on their way at once; 1,000 by default. */
  readonly most?: number;
};

/**
 * Makes calls of decided actions, with credentials that no agent ever holds.
 *
 * Contract:
 * - One permit, one call: it is redeemed in the turn in which the call is begun, and before that
 *   everything that can refuse has been asked, so that a refusal burns nothing.
 * - A use of a credential stands in the log before its call begins, durable with the outcome.
 * - The outcome is durable before its result is there. What was cancelled, or failed, after
 *   anything may have left is `unknown`; before, `not_sent`.
 * - A halt cancels what it is about and drops the agent's secrets, in the turn that latches it.
 */
export type Broker = {
  readonly forward: (request: ForwardRequest) => Promise<Forwarded<ForwardAnswer>>;
  /** Whether a halt in this turn dropped a secret of an agent, or cancelled a call of it. */
  readonly holds: (agent: string) => boolean;
  /** Drops the agent's secrets once more; resolves when every cancelled call was reported. */
  readonly letGo: (agent: string) => Promise<void>;
  /** How many calls are on their way. */
  readonly inFlight: () => number;
  /** Cancels what is on its way and reports it; nothing is forwarded any more. */
  readonly close: () => Promise<void>;
};

const MOST_CALLS = 1_000;

/** Returns the broker over a guard. */
export function makeBroker(parts: BrokerParts): Broker {
  const flights = new BrokeredFlights(parts.most ?? MOST_CALLS);
  // Whose secrets were dropped in this turn.
  const dropping = new Set<string>();
  const ignore = parts.guard.onHalt((stopped) => {
    flights.stop(stopped);
    const credentials = parts.secrets.drop(stopped.agent);
    if (credentials.length === 0) return;
    dropping.add(stopped.agent);
    setImmediate(() => dropping.delete(stopped.agent));
    queueMicrotask(() => parts.dropped({ ...stopped, credentials }));
  });
  let isOpen = true;
  return {
    forward: async (request) => {
      if (!isOpen) return refuseCall('unavailable', 'the daemon is stopping: nothing is forwarded');
      if (flights.isFull) return refuseCall('overloaded', 'too many calls are on their way');
      const prepared = await prepare(parts, request);
      if (!prepared.ok || !isOpen) {
        return prepared.ok ? refuseCall('unavailable', 'the daemon is stopping') : prepared;
      }
      return begin(parts, flights, { request, prepared: prepared.value });
    },
    holds: (agent) => dropping.has(agent) || flights.hasCancelled(agent),
    letGo: async (agent) => {
      parts.secrets.drop(agent);
      await flights.landCancelled(agent);
    },
    inFlight: () => flights.count,
    close: async () => {
      isOpen = false;
      await flights.close();
      ignore();
    },
  };
}

type Prepared = {
  readonly action: PermittedAction;
  readonly call: PlannedCall;
  readonly credential: Credential;
  readonly secret: Buffer;
};

/** Asks everything that can refuse; nothing is used up. */
async function prepare(
  { guard, upstreams, credentials, secrets, clock }: BrokerParts,
  request: ForwardRequest,
): Promise<Forwarded<Prepared>> {
  const seen = guard.inspect(request);
  if (!seen.ok) return seen;
  const action = seen.value;
  // What takes an agent's work back goes where its own calls go, with the same credentials.
  const agent = ownerOf(request.agent);
  const { tool, args, route } = action;
  const planned = planCall(upstreams, { agent, tool, args, route });
  if (!planned.ok) return planned;
  const call = planned.value;
  const wanted = { agent, effect: action.effect, call, now: clock() };
  const chosen = chooseCredential(credentials.all(), wanted);
  if (!chosen.ok) return chosen;
  const credential = chosen.value;
  const secret = await secrets.open(request.agent, credential);
  if (secret === undefined) {
    const what = `credential \`${credential.id}\` has no secret`;
    return refuseCall('no-credential', `${what}: send it again, or \`plumb credential rotate\``);
  }
  return { ok: true, value: { action, call, credential, secret } };
}

type Beginning = { readonly request: ForwardRequest; readonly prepared: Prepared };

/** Redeems and begins the call in one turn: nothing is waited for in between. */
async function begin(
  parts: BrokerParts,
  flights: BrokeredFlights,
  { request, prepared }: Beginning,
): Promise<Forwarded<ForwardAnswer>> {
  const { agent } = request;
  const { action, call, credential, secret } = prepared;
  const isHeld = parts.secrets.isHeld(agent, credential.id, secret);
  if (!isHeld || !isStillGood(parts, credential)) {
    return refuseCall(
      'no-credential',
      `credential \`${credential.id}\` was changed: send it again`,
    );
  }
  const injected = injectSecret(call.url, credential.inject, secret.toString('utf8'));
  if (isHalted(parts, agent)) return refuseCall('permit-void', `\`${agent}\` is halted`);
  // Nothing comes between these three: what can be redeemed now is redeemed.
  const standing = parts.guard.inspect(request);
  if (!standing.ok) return standing;
  if (!parts.note(useOf(agent, prepared))) {
    return refuseCall('overloaded', 'the log takes nothing now: send it again');
  }
  const redeemed = parts.guard.redeem(request);
  if (!redeemed.ok) return redeemed;
  parts.credentials.used(credential.id);
  return flights.run({ agent, action }, async (signal) => {
    const made = { call, injected, decision: action.decision, signal };
    const answered = await send(parts, made);
    return report(parts, { agent, action, call, injected, answered });
  });
}

function useOf(agent: string, { action, call, credential }: Prepared): CredentialUse {
  const { id, version } = credential;
  const { decision } = action;
  const { upstream, method } = call;
  return { agent, credential: id, version, decision, upstream, method };
}

// Between choosing and using it may have been revoked, rotated or forgotten.
function isStillGood({ credentials, clock }: BrokerParts, chosen: Credential): boolean {
  for (const credential of credentials.all()) {
    if (credential.id !== chosen.id) continue;
    return credential.version === chosen.version && isUsable(credential, clock());
  }
  return false;
}

// A permit of a halted agent is void; that nothing goes out does not rest on it alone.
function isHalted({ guard }: BrokerParts, agent: string): boolean {
  const halts = guard.status(agent)?.halts ?? [];
  return halts.some(({ scope }) => scope === 'agent' || scope === 'fleet');
}

type Making = {
  readonly call: PlannedCall;
  readonly injected: Injected;
  readonly decision: string;
  readonly signal: AbortSignal;
};

function send(
  { egress }: BrokerParts,
  { call, injected, decision, signal }: Making,
): Promise<EgressResult> {
  const { method, body, timeoutMs, maxBytes } = call;
  return egress.request({
    url: injected.url,
    method,
    headers: {
      accept: 'application/json, text/*;q=0.8, */*;q=0.1',
      'accept-encoding': 'identity',
      // An upstream that honours it acts once on a decision, however often it is sent.
      'idempotency-key': decision,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...injected.headers,
    },
    ...(body === null ? {} : { body }),
    timeoutMs,
    maxBytes,
    signal,
  });
}

type Landing = {
  readonly agent: string;
  readonly action: PermittedAction;
  readonly call: PlannedCall;
  readonly injected: Injected;
  readonly answered: EgressResult;
};

/** Writes down what became of the call; its result is released once that is durable. */
async function report(
  { guard }: BrokerParts,
  { agent, action, call, injected, answered }: Landing,
): Promise<Forwarded<ForwardAnswer>> {
  const { session, decision } = action;
  const { status, http, say } = statusOf(answered);
  const { records } = call;
  const read = answered.ok
    ? readAnswer(answered.value, { scrub: scrubber(injected.secrets), records })
    : { result: null, records: null };
  const isCancelled = !answered.ok && answered.fault === 'cancelled' && answered.isSent;
  const outcome: OutcomeReport = { agent, session, decision, status, isCancelled, ...read };
  const recorded = await recordSoon(guard, outcome);
  if (!recorded.ok) return recorded;
  const { index } = recorded.value;
  return { ok: true, value: { decision, index, status, http, result: read.result, say } };
}

const TRIES = { count: 20, apartMs: 100 };

// A log that is full for the moment takes it a little later: nobody else knows what happened.
async function recordSoon(
  guard: Pick<Guard, 'outcome'>,
  outcome: OutcomeReport,
): ReturnType<Guard['outcome']> {
  for (let tries = 1; ; tries += 1) {
    const recorded = await guard.outcome(outcome);
    if (recorded.ok || recorded.error.code !== 'overloaded') return recorded;
    if (tries === TRIES.count) return recorded;
    await new Promise((resolve) => setTimeout(resolve, TRIES.apartMs));
  }
}

type Ended = Pick<ForwardAnswer, 'status' | 'http' | 'say'>;

// A gateway that heard nothing whole from behind it does not know what happened there.
const DOUBTFUL: ReadonlySet<number> = new Set([502, 504]);

function statusOf(answered: EgressResult): Ended {
  if (!answered.ok) {
    const status = answered.isSent ? 'unknown' : 'not_sent';
    return { status, http: null, say: SAYS[answered.fault] };
  }
  const http = answered.value.status;
  if (DOUBTFUL.has(http)) return { status: 'unknown', http, say: null };
  return { status: http < 400 ? 'ok' : 'error', http, say: null };
}

// In words of its own: what a connection says when it fails may hold the address with its secret.
const SAYS: Readonly<Record<EgressFault, string>> = {
  'bad-url': 'the address is none that may be called',
  'refused-address': 'the upstream is at an address that is not public: see `allowNetworks`',
  unresolved: 'the name of the upstream has no address',
  redirect: 'the upstream redirects, which is not followed',
  'too-large': 'the answer is larger than `maxBytes`',
  timeout: 'no whole answer came within `timeoutMs`',
  cancelled: 'the call was cancelled by a halt, or because the daemon stops',
  network: 'the connection to the upstream failed',
};
