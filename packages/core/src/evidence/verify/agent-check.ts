import { apply } from '../../decide/apply.ts';
import { attestedOf, decide } from '../../decide/decide.ts';
import type { Event } from '../../decide/event.ts';
import { recompute } from '../../decide/recompute.ts';
import { initialState, type State } from '../../decide/state.ts';
import type { Decision } from '../../decide/verdict.ts';
import { type Json, type JsonObject, parsedJson } from '../../json.ts';
import type { CompiledPact } from '../../pact/compiled.ts';
import { NO_PACT } from '../../pact/no-pact.ts';
import { noStaging, noteStaging, type StagingBook } from '../../staging/book.ts';
import { whyMisrouted } from '../../staging/why-misrouted.ts';
import type { Entry } from '../entry.ts';
import { callOf, eventsOf, isSecretOf } from '../event-of.ts';
import { type Call, decisionJson, partsOf, type RecordedEvent } from '../parts.ts';
import type { Answers } from './answers.ts';
import { ApprovalCheck } from './approval-check.ts';
import { isPrintedAs, isSame } from './same-json.ts';

const NEEDS_NO_PACT: ReadonlySet<string> = new Set(['halt', 'resume', 'lock', 'unlock']);

/** What came of opening a sealed payload. `text` is the plaintext. */
export type Opened =
  | { readonly kind: 'opened'; readonly text: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'broken'; readonly why: string };

/** What the caller lends a check: keys and files are the shell's. */
export type Lent = {
  /** Opens the payload of an entry that has one, and checks its commitment. */
  readonly open: (entry: Entry) => Opened;
  /** Returns the pact of a digest, compiled again from the blob `sources`, or undefined. */
  readonly pactOf: (digest: string, sources: string | null) => CompiledPact | undefined;
};

/** What was let through and waits for its outcome. */
type Flight = {
  readonly index: number;
  /** The log of that index; null while nobody named one. */
  readonly log: string | null;
  readonly call: Call | null;
  /** Its outcome was reported, as one that nobody knows. */
  readonly isUnknown: boolean;
};

/** What is known of one open session beside its state. */
type Session = {
  isKnown: boolean;
  /** Whether its opening was shown; an earlier log may hold it. */
  readonly isWhole: boolean;
  readonly flights: Map<string, Flight>;
};

type Around = { readonly lent: Lent; readonly answers: Answers; readonly isPartial: boolean };

type OpenedSecret = { readonly kind: 'opened'; readonly value: JsonObject; readonly text: string };

type Secret = { readonly kind: 'none' | 'closed' | 'broken' } | OpenedSecret;

type Decided = Extract<Event, { readonly kind: 'decided' }>;

/** Folds the entries of one agent, and makes every one of its decisions again. */
export class AgentCheck {
  readonly #around: Around;
  readonly #sessions: Map<string, Session> = new Map();
  readonly #sources: Map<string, string> = new Map();
  readonly #approvals: ApprovalCheck = new ApprovalCheck();
  readonly #staging: StagingBook = noStaging();
  #state: State;
  #pact: CompiledPact | undefined;
  #armed: string | null = null;
  /** Whether every event so far could be opened and folded. */
  #isWhole = true;

  constructor(agent: string, around: Around) {
    this.#around = around;
    this.#state = initialState(agent);
  }

  /** Takes the agent's next entry and returns why the record must be refused, or undefined. */
  take(entry: Entry, index: number): string | undefined {
    const { kind, open } = entry;
    const { pact, sources } = open;
    if (typeof pact === 'string' && typeof sources === 'string') this.#sources.set(pact, sources);
    if (kind === 'armed') this.#arm(textOf(pact));
    else if (this.#around.isPartial) this.#adopt(textOf(pact));
    if (kind === 'session_opened') this.#sessions.set(entry.session ?? '', sessionFrom(true));
    const complaint = this.#complaintOf(entry);
    if (complaint !== undefined) return complaint;
    this.#checkRoute(entry, index);
    this.#fold(entry, index);
    if (kind === 'session_closed') this.#close(entry.session ?? '');
    return undefined;
  }

  /** Lists what was let through and has no known outcome, in the sessions that are still open. */
  listUnfinished(): void {
    for (const id of this.#sessions.keys()) this.#close(id);
  }

  /** Holds the way of a staged action to what the record before it gives. */
  #checkRoute(entry: Entry, index: number): void {
    const rule = this.#pact?.staging ?? null;
    if (rule !== null && entry.kind === 'decided' && !this.#around.isPartial) {
      const why = whyMisrouted(this.#staging, rule, entry);
      const decision = textOf(entry.open['decision']);
      if (why !== null) this.#around.answers.note('broken', { index, decision, why });
    }
    noteStaging(this.#staging, rule, entry);
  }

  #arm(digest: string): void {
    this.#armed = digest;
    this.#pact = this.#pactOf(digest);
    if (this.#pact === undefined) this.#isWhole = false;
  }

  /** A part of a record need not show what was armed; a pact its entries name will do. */
  #adopt(digest: string): void {
    if (this.#armed === null && digest !== '') this.#pact ??= this.#pactOf(digest);
  }

  #pactOf(digest: string): CompiledPact | undefined {
    return this.#around.lent.pactOf(digest, this.#sources.get(digest) ?? null);
  }

  #complaintOf({ kind, session, open }: Entry): string | undefined {
    if (kind === 'decided') {
      const isArmed = this.#around.isPartial || open['pact'] === this.#armed;
      return isArmed ? undefined : 'was decided under a pact that is not armed';
    }
    if (kind !== 'outcome') return undefined;
    const known = this.#sessions.get(session ?? '');
    if (this.#around.isPartial && known?.isWhole !== true) return undefined;
    const flight = known?.flights.get(textOf(open['decision']));
    return flight === undefined
      ? `is an outcome of \`${textOf(open['decision'])}\`, which was not let through or has one`
      : undefined;
  }

  #fold(entry: Entry, index: number): void {
    const secret = this.#secretOf(entry, index);
    const session = this.#sessionOf(entry);
    const flight = session?.flights.get(textOf(entry.open['decision']));
    const call = entry.kind === 'outcome' ? (flight?.call ?? null) : null;
    if (secret.kind === 'closed' || secret.kind === 'broken') this.#isWhole = false;
    const events = eventsOf(entry, secret.kind === 'opened' ? secret.value : null, call);
    const [event] = events;
    if (secret.kind === 'opened') this.#checkApproval(entry, { index, event, secret });
    if (event === undefined) return;
    if (secret.kind === 'opened') this.#compare({ entry, index, event, secret, call });
    else if (secret.kind === 'closed' && event.kind === 'decided') {
      this.#around.answers.unopened(entry.sealed?.subject ?? '');
    }
    const { log } = this.#around.answers;
    if (session !== undefined) track(session, event, { index, log, secret });
    // What people decide about an agent that has no pact yet holds under the first one.
    const pact = this.#pact ?? (NEEDS_NO_PACT.has(event.kind) ? NO_PACT : undefined);
    if (pact === undefined) return;
    for (const each of events) {
      this.#state = apply(pact, this.#state, each);
      this.#approvals.fold(this.#state, each);
    }
  }

  /** Holds votes and approvals to each other, where everything before them is known. */
  #checkApproval(
    entry: Entry,
    { index, event, secret }: Omit<Compared, 'entry' | 'call' | 'event'> & ApprovalEvent,
  ): void {
    if (!this.#isWhole || this.#around.isPartial) return;
    const why =
      entry.kind === 'vote'
        ? this.#approvals.takeVote(entry, secret.value, this.#state)
        : event?.kind === 'approval'
          ? this.#approvals.complaintOf(event)
          : undefined;
    if (why !== undefined) this.#note(entry, { index, why });
  }

  #sessionOf({ session }: Entry): Session | undefined {
    if (session === null) return undefined;
    const known = this.#sessions.get(session);
    if (known !== undefined || !this.#around.isPartial) return known;
    const begun = sessionFrom(false);
    this.#sessions.set(session, begun);
    return begun;
  }

  /** Opens what is sealed. A payload that does not hold is a finding, and is folded as closed. */
  #secretOf(entry: Entry, index: number): Secret {
    if (entry.sealed === null) return { kind: 'none' };
    const opened = this.#around.lent.open(entry);
    if (opened.kind === 'closed') return opened;
    const value = opened.kind === 'opened' ? parsedJson(opened.text) : undefined;
    if (opened.kind === 'opened' && value !== undefined && isSecretOf(entry, value)) {
      return { kind: 'opened', value, text: opened.text };
    }
    const why = opened.kind === 'broken' ? opened.why : 'what is sealed is not of its kind';
    this.#note(entry, { index, why });
    return { kind: 'broken' };
  }

  #note(entry: Entry, { index, why }: { readonly index: number; readonly why: string }): void {
    const list = entry.kind === 'decided' ? 'mismatch' : 'broken';
    const decision = textOf(entry.open['decision']);
    this.#around.answers.note(list, { index, decision, why });
  }

  /** Holds the open part to what is sealed, and a decision to the kernel. */
  #compare({ entry, index, event, secret, call }: Compared): void {
    const { answers } = this.#around;
    const { open } = entry;
    const pact = this.#pactOfEntry(event, open);
    if (event.kind === 'decided' && (pact === undefined || !this.#isAttested(event))) {
      answers.unopened(entry.sealed?.subject ?? '');
      return;
    }
    const permit = open['permit'] ?? null;
    // The open part has the shape of its kind; what stands in it alone is taken over as it is.
    const context = { call, permit, ...taken(open, secret.value) } as object;
    const parts = partsOf(event, pact === undefined ? context : { ...context, pact });
    if (!isSame(parts.open, open)) {
      this.#note(entry, { index, why: 'the open part is not what is sealed' });
    } else if (event.kind === 'decided' && pact !== undefined) {
      this.#decideAgain(pact, { entry, index, event, secret });
    } else if (!isPrintedAs(parts.secret, secret)) {
      this.#note(entry, { index, why: 'what is sealed is not canonical' });
    }
  }

  #pactOfEntry(event: RecordedEvent, open: JsonObject): CompiledPact | undefined {
    if (event.kind !== 'decided' && event.kind !== 'session_opened') return undefined;
    const digest = open['pact'];
    if (typeof digest !== 'string') return undefined;
    return this.#pact?.digest === digest ? this.#pact : this.#pactOf(digest);
  }

  #isAttested({ action }: Decided): boolean {
    return this.#sessions.get(action.session)?.isKnown === true;
  }

  /**
   * Decides on the state folded from the log. Where that gives what is sealed, read set included,
   * the read set alone gives it too: both times the kernel is handed the same values, and it is
   * deterministic. Only otherwise is the decision made from its read set.
   */
  #decideAgain(pact: CompiledPact, given: Remade): void {
    const { index, event, secret } = given;
    const isStateKnown = this.#isWhole && !this.#around.isPartial;
    const noted = { index, decision: event.id, why: '' };
    if (isStateKnown) {
      const { action, facts, decision } = event;
      const live = decide(pact, this.#state, { action, facts, now: decision.at });
      if (isPrintedAs(sealedOf(event, live), secret)) {
        this.#around.answers.recomputed('same', noted);
        return;
      }
    }
    if (!this.#remake(pact, given)) return;
    const why = 'the state folded from the log was read otherwise';
    this.#around.answers.recomputed(isStateKnown ? 'differs' : 'unknown', { ...noted, why });
  }

  /** Makes a decision from its read set, and returns whether it is the one that is sealed. */
  #remake(pact: CompiledPact, { entry, index, event, secret }: Remade): boolean {
    const { action, facts, decision } = event;
    const attested = attestedOf(this.#state, action);
    const proposal = { action, facts, now: decision.at };
    const made = remade(() =>
      recompute(pact, { ...proposal, attested, readSet: decision.readSet }),
    );
    if (made.ok && isPrintedAs(sealedOf(event, made.value), secret)) return true;
    const why = made.ok ? 'the kernel decides otherwise' : made.error;
    this.#note(entry, { index, why });
    return false;
  }

  #close(id: string): void {
    const flights = this.#sessions.get(id)?.flights ?? new Map<string, Flight>();
    for (const [decision, { index, log, isUnknown }] of flights) {
      const why = isUnknown ? 'outcome unknown' : 'has no outcome';
      const noted = { index, decision, why, ...(log === null ? {} : { log }) };
      this.#around.answers.note('unfinished', noted);
    }
    this.#sessions.delete(id);
  }
}

type Compared = {
  readonly entry: Entry;
  readonly index: number;
  readonly event: RecordedEvent;
  readonly secret: OpenedSecret;
  readonly call: Call | null;
};

type ApprovalEvent = { readonly event: RecordedEvent | undefined };

type Remade = {
  readonly entry: Entry;
  readonly index: number;
  readonly event: Decided;
  readonly secret: OpenedSecret;
};

/** Returns what is sealed of a decision. */
function sealedOf({ action, facts }: Decided, decision: Decision): JsonObject {
  const { args, digest, id, tool } = action;
  return { action: { args, digest, id, tool }, decision: decisionJson(decision), facts };
}

function sessionFrom(isWhole: boolean): Session {
  return { isKnown: false, isWhole, flights: new Map() };
}

/** Keeps what a session's later entries are held to. */
function track(
  session: Session,
  event: RecordedEvent,
  { index, log, secret }: Omit<Flight, 'call' | 'isUnknown'> & { readonly secret: Secret },
): void {
  if (event.kind === 'session_opened') session.isKnown = secret.kind === 'opened';
  if (event.kind === 'decided' && isLet(event)) {
    const call = secret.kind === 'opened' ? callOf(event) : null;
    session.flights.set(event.id, { index, log, call, isUnknown: false });
  }
  if (event.kind !== 'outcome') return;
  const flight = session.flights.get(event.decision);
  if (event.status !== 'unknown') session.flights.delete(event.decision);
  else if (flight !== undefined)
    session.flights.set(event.decision, { ...flight, isUnknown: true });
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isLet({ decision }: Decided): boolean {
  return decision.verdict.kind === 'allow' || decision.verdict.kind === 'modify';
}

/**
 * What no event holds: the name of a session and the mark of its room, when a permit was redeemed,
 * which way a staged action went, and whether the times of a claim are open.
 */
function taken(open: JsonObject, secret: JsonObject): object {
  const isTimeSealed = open['expiresAtMs'] === undefined;
  const { redeemedAt = null, route = null, roomMark } = open;
  const marked = roomMark === undefined ? {} : { roomMark };
  return { redeemedAt, route, name: secret['name'] ?? null, isTimeSealed, ...marked };
}

type Recomputed = ReturnType<typeof recompute>;

/** A read set made up by hand can hold values no stage ever wrote, on which stages may throw. */
function remade(make: () => Recomputed): Recomputed {
  try {
    const made = make();
    return made.ok ? made : { ok: false, error: `the read set lacks \`${made.error}\`` };
  } catch {
    return { ok: false, error: 'the read set holds what no stage writes' };
  }
}
