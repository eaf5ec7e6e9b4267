import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Answer, OutcomeReport } from '../guard/guard.ts';
import type { Trace } from '../guard/trace.ts';
import type { Executed } from '../guard/halts/executing.ts';
import type { SocketAnswer } from '../pep/socket/socket-client.ts';
import { type Channel, openChannel } from './channel.ts';
import type { Target } from './daemon-client.ts';
import { FlightBook } from './flight-book.ts';
import { PermitBook, type ToldStop } from './permit-book.ts';

/** Where the daemon is, whose actions are asked for, and what the enforcement point is called. */
export type EnforcementOptions = {
  readonly target: Target | (() => Promise<Channel>);
  readonly agent: string;
  readonly name: string;
  /** What it ends itself beside calls; none by default. */
  readonly ending?: Ending;
};

/** Something that is ended when a session stops, as halts wait for it. */
export type Ending = {
  readonly session: string;
  readonly executors: readonly string[];
  /** Is told of every stop; resolves once it has gone by it, with what it ended. */
  readonly stopped: (stop: ToldStop) => Promise<readonly Executed[]>;
  /** Is told of each lease that is taken: what stopped before, nobody tells again. */
  readonly leased: () => void;
};

/** What was refused, and why. `unavailable`: nobody was asked, or nobody answered. */
export type NotDone = { readonly ok: false; readonly code: string; readonly message: string };

/** One proposed action. */
export type Proposed = {
  readonly session: string;
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly trace?: Trace;
};

/** What an action is done with: its arguments, and a signal that a halt aborts. */
export type Call<T> = (args: JsonObject, signal: AbortSignal) => Promise<T>;

/**
 * An enforcement point: asks for every action, forwards what was let through, and reports it.
 *
 * Contract:
 * - `forward` redeems the permit and calls in one turn, once for each permit, and only while a
 *   lease lasts on this machine's own clocks, the monotonic one and the one that goes on while it
 *   sleeps, and no stop came since it was given. What throws is thrown; a call that a halt
 *   cancelled is `cancelled`.
 * - Without a daemon everything is refused; it connects again by itself.
 * - Every call that was forwarded is reported, or the daemon keeps what it reserved.
 */
export type EnforcementPoint = {
  readonly decide: (
    proposed: Proposed,
  ) => Promise<{ readonly ok: true; readonly value: Answer } | NotDone>;
  readonly forward: <T>(
    answer: Pick<Answer, 'permit'>,
    call: Call<T>,
  ) => Promise<{ readonly ok: true; readonly value: T } | NotDone>;
  /** `isRunning`: the call goes on after the report, and stops have to reach it. */
  readonly report: (
    report: Omit<OutcomeReport, 'agent'>,
    isRunning?: boolean,
  ) => Promise<SocketAnswer>;
  /** Resolves once a lease is held. */
  readonly ready: () => Promise<void>;
  /** Whether a lease is held now. */
  readonly isLive: () => boolean;
  /** Whether a lease was held and its time is over, however it ended, without another. */
  readonly hasLapsed: () => boolean;
  /** Gives the lease up and closes the connection; nothing is forwarded any more. */
  readonly close: () => Promise<void>;
};

const BACKOFF_MS = { first: 20, most: 1_000 } as const;
const WATCH_MS = 20_000;
const MOST_FLIGHTS = 10_000;

/** Opens an enforcement point; it takes its lease in the background. */
export function openEnforcementPoint(options: EnforcementOptions): EnforcementPoint {
  const point = new Point(options);
  void point.live();
  return {
    decide: (proposed) => point.decide(proposed),
    forward: (answer, call) => point.forward(answer, call),
    report: (report, isRunning = false) => point.report(report, isRunning),
    ready: () => point.ready(),
    isLive: () => point.isLive(),
    hasLapsed: () => point.hasLapsed(),
    close: () => point.close(),
  };
}

type Held = {
  readonly id: string;
  readonly channel: Channel;
  readonly lastsMs: number;
  stop: number;
  until: Moment;
  /** Ends the lease here, with why. */
  readonly lose: (why: string) => void;
};

class Point {
  readonly #options: EnforcementOptions;
  readonly #permits: PermitBook = new PermitBook();
  readonly #flights: FlightBook = new FlightBook();
  readonly #waiting: Set<() => void> = new Set();
  #held: Held | null = null;
  #why = 'the daemon was not reached yet';
  #isClosed = false;
  #lastUntil: Moment | null = null;

  constructor(options: EnforcementOptions) {
    this.#options = options;
  }

  /** Takes a lease and keeps it, again and again. */
  async live(): Promise<void> {
    let backoffMs: number = BACKOFF_MS.first;
    while (!this.#isClosed) {
      const wasHeld = await this.#liveOnce();
      backoffMs = wasHeld ? BACKOFF_MS.first : Math.min(BACKOFF_MS.most, backoffMs * 2);
      if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, backoffMs));
    }
  }

  isLive(): boolean {
    return this.#held !== null && !isPast(this.#held.until);
  }

  hasLapsed(): boolean {
    return !this.isLive() && this.#lastUntil !== null && isPast(this.#lastUntil);
  }

  ready(): Promise<void> {
    if (this.isLive()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  async decide(
    proposed: Proposed,
  ): Promise<{ readonly ok: true; readonly value: Answer } | NotDone> {
    const held = this.#held;
    if (held === null) return this.#away();
    const { session, request, tool, args, trace } = proposed;
    const traced = trace === undefined ? {} : { trace };
    const sentMs = performance.now();
    const members = { session, request, tool, args, lease: held.id, ...traced };
    const asked = await held.channel.ask('decide', members);
    if (!asked.ok) {
      if (asked.code === 'lease-unknown') held.lose(asked.message);
      return asked;
    }
    // What the daemon answers a decision with has the shape of an answer; see its specification.
    const answer = asked.value as unknown as Answer;
    const { permit, decision } = answer;
    if (permit?.lease === held.id && answer.args !== null) {
      const { id, lease, stop, lastsMs } = permit;
      const given = { permit: id, decision, session, tool, args: answer.args, lease, stop };
      this.#permits.add({ ...given, untilMs: sentMs + lastsMs });
    }
    return { ok: true, value: answer };
  }

  async forward<T>(
    { permit }: Pick<Answer, 'permit'>,
    call: Call<T>,
  ): Promise<{ readonly ok: true; readonly value: T } | NotDone> {
    const held = this.#held;
    const nowMs = performance.now();
    if (held === null || isPast(held.until)) return this.#away();
    if (this.#flights.size >= MOST_FLIGHTS) {
      return refusal('overloaded', 'too many calls are not reported: report some first');
    }
    const given = permit === null ? 'permit-unknown' : this.#permits.take(permit.id, nowMs);
    if (typeof given === 'string') return refusal(given, 'ask for the action again');
    if (given.lease !== held.id) return refusal('permit-void', 'its lease ended');
    const { decision, args } = given;
    const { signal } = this.#flights.begin(given, nowMs);
    try {
      // INVARIANT: nothing is waited for between the check above and the call.
      const value = await call(args, signal);
      this.#settle(decision, false);
      return { ok: true, value };
    } catch (cause) {
      this.#settle(decision, true);
      if (!signal.aborted) throw cause;
      return refusal('cancelled', 'a halt cancelled the call: report what became of it');
    }
  }

  async report(report: Omit<OutcomeReport, 'agent'>, isRunning: boolean): Promise<SocketAnswer> {
    const held = this.#held;
    if (held === null) return this.#away();
    const forwarded = this.#flights.forwarded(report.decision, performance.now());
    const answered = await held.channel.ask('outcome', { ...report, ...forwarded });
    if (isRunning) return answered;
    if (answered.ok || answered.code === 'outcome-known') this.#flights.reported(report.decision);
    return answered;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    await held.channel.ask('give-up', { lease: held.id, used: this.#flights.used() });
    held.lose('it was closed');
  }

  #away(): NotDone {
    return refusal('unavailable', `there is no lease: ${this.#why}`);
  }

  #settle(decision: string, isFailed: boolean): void {
    this.#flights.settle(decision, isFailed);
    const held = this.#held;
    if (held !== null && this.#flights.hasEnded) void this.#renew(held);
  }

  /** Returns whether a lease was held. */
  async #liveOnce(): Promise<boolean> {
    const { target, agent, name } = this.#options;
    let channel: Channel;
    try {
      channel = await (typeof target === 'function' ? target() : openChannel(target, agent));
    } catch (cause) {
      this.#why = cause instanceof Error ? cause.message : String(cause);
      return false;
    }
    const sent = moment();
    const { ending } = this.#options;
    const ends =
      ending === undefined ? {} : { executors: [...ending.executors], session: ending.session };
    const taken = await channel.ask('lease', { name, ...ends });
    const given = taken.ok ? leaseIn(taken.value) : null;
    if (given === null || this.#isClosed) {
      this.#why = taken.ok ? 'the daemon gave none' : taken.message;
      channel.close();
      return false;
    }
    await this.#keep(channel, given, sent);
    channel.close();
    return true;
  }

  async #keep(channel: Channel, given: GivenLease, sent: Moment): Promise<void> {
    const lost = Promise.withResolvers<string>();
    const { lease: id, lastsMs, stop } = given;
    const until = later(sent, lastsMs);
    const held: Held = { id, channel, lastsMs, stop, until, lose: lost.resolve };
    // What was given under another lease is good for nothing, and stops count anew after a start.
    this.#permits.clear();
    this.#held = held;
    this.#lastUntil = until;
    this.#options.ending?.leased();
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
    const timer = setInterval(() => void this.#renew(held), lastsMs / 3);
    void this.#watch(held);
    this.#why = await lost.promise;
    clearInterval(timer);
    if (this.#held === held) this.#held = null;
  }

  async #renew(held: Held): Promise<void> {
    const sent = moment();
    const used = this.#flights.used();
    const ended = this.#flights.takeEnded();
    const renewed = await held.channel.ask('renew', { lease: held.id, used, ended });
    if (!renewed.ok) return held.lose(renewed.message);
    const until = later(sent, held.lastsMs);
    if (until.monotonicMs <= held.until.monotonicMs) return;
    held.until = until;
    this.#lastUntil = until;
  }

  /** Goes by every stop in the turn in which it arrives, and says so. */
  async #watch(held: Held): Promise<void> {
    while (this.#held === held) {
      const { id: lease, stop: after, channel } = held;
      const said = await channel.ask('stops', { lease, after, waitMs: WATCH_MS });
      if (this.#held !== held) return;
      if (!said.ok) return held.lose(said.message);
      const stops = stopsIn(said.value);
      if (stops.length === 0) continue;
      for (const stop of stops) {
        this.#permits.stop(stop);
        this.#flights.stop(stop, new Error('it was halted'));
        held.stop = Math.max(held.stop, stop.stop);
      }
      void this.#acknowledge(held, await this.#end(stops));
    }
  }

  async #end(stops: readonly ToldStop[]): Promise<readonly Executed[]> {
    const { ending } = this.#options;
    if (ending === undefined) return [];
    return (await Promise.all(stops.map((stop) => ending.stopped(stop)))).flat();
  }

  async #acknowledge(held: Held, executed: readonly Executed[]): Promise<void> {
    // INVARIANT: what was forwarded before the stop has left this program before that is said.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const used = this.#flights.used();
    const ended = executed.length === 0 ? {} : { executed: executed.map((each) => ({ ...each })) };
    const members = { lease: held.id, stop: held.stop, used, ...ended };
    const answered = await held.channel.ask('acknowledge', members);
    if (!answered.ok) held.lose(answered.message);
  }
}

/** A moment on both clocks: the monotonic one is never set, and the other goes on in a sleep. */
type Moment = { readonly monotonicMs: number; readonly utcMs: number };

function moment(): Moment {
  return { monotonicMs: performance.now(), utcMs: Date.now() };
}

// Clocks do not run equally fast: the daemon's must not be the first to reach the end.
function later({ monotonicMs, utcMs }: Moment, lastsMs: number): Moment {
  const usableMs = lastsMs - lastsMs / 20;
  return { monotonicMs: monotonicMs + usableMs, utcMs: utcMs + usableMs };
}

// Whichever clock comes there first: neither a set clock nor a sleep makes a lease last longer.
function isPast({ monotonicMs, utcMs }: Moment): boolean {
  return performance.now() >= monotonicMs || Date.now() >= utcMs;
}

type GivenLease = { readonly lease: string; readonly lastsMs: number; readonly stop: number };

function leaseIn({ lease, lastsMs, stop }: JsonObject): GivenLease | null {
  if (typeof lease !== 'string' || typeof lastsMs !== 'number') return null;
  return typeof stop === 'number' ? { lease, lastsMs, stop } : null;
}

/** What cannot be read stops everything. */
function stopsIn({ stop: last, stops }: JsonObject): readonly ToldStop[] {
  if (!Array.isArray(stops)) return [everything(last)];
  return stops.map((each: Json) => {
    if (!isJsonObject(each)) return everything(last);
    const { stop, cancels, voidsAll, sessions, tool } = each;
    if (typeof stop !== 'number') return everything(last);
    const named = Array.isArray(sessions)
      ? sessions.filter((session) => typeof session === 'string')
      : null;
    return {
      stop,
      cancels: cancels !== false,
      voidsAll: voidsAll !== false,
      sessions: named,
      tool: typeof tool === 'string' ? tool : null,
    };
  });
}

function everything(last: Json | undefined): ToldStop {
  const stop = typeof last === 'number' ? last : Number.MAX_SAFE_INTEGER;
  return { stop, cancels: true, voidsAll: true, sessions: null, tool: null };
}

function refusal(code: string, message: string): NotDone {
  return { ok: false, code, message };
}
