import type { Clocks } from '../permits.ts';
import { Changes } from './changes.ts';
import type { Lease, LeaseTable } from './leases.ts';
import type { HaltOrder, Incident } from './order.ts';
import type { FlightEnd, HaltView, HolderView } from './view.ts';

/** A call that was let through before a halt of it. */
export type StoppedFlight = HaltView['inFlight'][number] & {
  /** The lease its permit was given under; null: it is redeemed at the daemon. */
  readonly lease: string | null;
};

/** One of them, and what became of it; null while nobody knows. */
export type FlightEntry = { readonly flight: StoppedFlight; end: FlightEnd | null };

type Settled = HolderView & { readonly at: number; readonly ms: number };

/** What a halt does to one agent. */
export type Part = {
  readonly agent: string;
  readonly epoch: number;
  /** The stop that its enforcement points acknowledge. */
  readonly stop: number;
  readonly waiting: Map<string, Lease>;
  readonly acknowledged: Settled[];
  readonly ranOut: Settled[];
  readonly flights: Map<string, FlightEntry>;
  /** Monotonic; null while enforcement points are waited for. */
  effectiveMs: number | null;
};

/** One halt, and how far it is. */
export type HaltNote = Omit<HaltOrder, 'incident'> & {
  readonly id: string;
  readonly incident: Incident;
  readonly latchedAt: number;
  readonly latchedMs: number;
  readonly parts: Part[];
  effectiveAt: number | null;
  effectiveMs: number | null;
  index: number | null;
  /** How many of its entries the log has not taken yet, and when the last it took is durable. */
  unwritten: number;
  durable: Promise<void> | null;
  resumedAt: number | null;
};

/** What the board stands on. `settled` is told of each part once it is effective. */
export type BoardParts = {
  readonly clocks: Clocks;
  readonly leases: LeaseTable;
  readonly settled: (note: HaltNote, part: Part) => void;
};

const MOST_NOTES = 1_000;
const MOST_FLIGHTS = 1_000;
/** No lease ends earlier than its clock says, so that it is looked at a little later. */
const LATER_MS = 1;

/** Every halt since the daemon started, and those that were in force then. */
export class HaltBoard {
  /** How often each halt changed, for those who watch one. */
  readonly changes: Changes = new Changes();
  readonly #parts: BoardParts;
  readonly #notes = new Map<string, HaltNote>();
  readonly #flights = new Map<string, { readonly halt: string; readonly known: FlightEntry }[]>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: BoardParts) {
    this.#parts = parts;
  }

  /** Returns every halt, the newest first. */
  notes(): readonly HaltNote[] {
    this.settle();
    return [...this.#notes.values()].toReversed();
  }

  /** Returns a halt by its id. */
  find(id: string): HaltNote | undefined {
    this.settle();
    return this.#notes.get(id);
  }

  /** Takes a halt in; the oldest that was resumed makes room, or else the oldest of a session. */
  add(note: HaltNote): void {
    this.#notes.set(note.id, note);
    for (const part of note.parts) this.#noteFlights(note.id, part);
    if (this.#notes.size > MOST_NOTES) this.#makeRoom();
    this.settle();
  }

  /** Takes what an enforcement point says: it goes by every stop up to this one. */
  acknowledge(lease: Lease, stop: number): void {
    lease.acknowledged = Math.max(lease.acknowledged, stop);
    for (const { note, part } of this.#open(lease.agent)) {
      if (!part.waiting.has(lease.lease) || part.stop > stop) continue;
      part.waiting.delete(lease.lease);
      part.acknowledged.push(this.#settledOf(note, lease));
      this.changes.note(note.id);
    }
    this.settle();
  }

  /** Takes a lease away that its holder gave up: it forwards nothing any more. */
  gaveUp(lease: Lease): void {
    this.acknowledge(lease, Number.MAX_SAFE_INTEGER);
  }

  /** Notes what became of a call that was under way. */
  ended(agent: string, decision: string, end: FlightEnd): void {
    for (const { halt, known } of this.#flights.get(decision) ?? []) {
      if (known.flight.agent !== agent || known.end === 'cancelled') continue;
      known.end = end;
      this.changes.note(halt);
    }
  }

  /** Looks which leases ran out, and which halts are effective. */
  settle(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const note of this.#notes.values()) {
      if (note.effectiveAt !== null) continue;
      for (const part of note.parts) next = Math.min(next, this.#settlePart(note, part));
      if (note.parts.every(({ effectiveMs }) => effectiveMs !== null)) this.#effective(note);
    }
    this.#wakeAt(next);
  }

  /** Resolves once a halt is effective, or after `waitMs`. */
  until(note: HaltNote, waitMs: number): Promise<void> {
    if (note.effectiveAt !== null || waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(note.id) ?? new Set();
      this.#waiting.set(note.id, waiting);
      const done = (): void => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(note.id);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      waiting.add(done);
    });
  }

  /** Lets everybody go who waits, and looks at nothing by itself any more. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
    this.changes.close();
  }

  #noteFlights(halt: string, { flights }: Part): void {
    for (const [decision, known] of flights) {
      const all = this.#flights.get(decision);
      if (all === undefined) this.#flights.set(decision, [{ halt, known }]);
      else all.push({ halt, known });
    }
  }

  // What is in force and wider than a session is listed for as long as there is anything else.
  #makeRoom(): void {
    const effective = [...this.#notes.values()].filter(({ effectiveAt }) => effectiveAt !== null);
    const oldest =
      effective.find(({ resumedAt }) => resumedAt !== null) ??
      effective.find(({ scope }) => scope === 'session') ??
      effective[0];
    if (oldest === undefined) return;
    this.#notes.delete(oldest.id);
    this.changes.forget(oldest.id);
    this.#forgetFlights(oldest);
  }

  // Another halt may have stopped the same calls.
  #forgetFlights({ parts }: HaltNote): void {
    for (const { flights } of parts) {
      for (const [decision, known] of flights) {
        const rest = (this.#flights.get(decision) ?? []).filter((each) => each.known !== known);
        if (rest.length === 0) this.#flights.delete(decision);
        else this.#flights.set(decision, rest);
      }
    }
  }

  *#open(agent: string): Generator<{ readonly note: HaltNote; readonly part: Part }> {
    for (const note of this.#notes.values()) {
      if (note.effectiveAt !== null) continue;
      for (const part of note.parts) if (part.agent === agent) yield { note, part };
    }
  }

  /** Returns when the next lease of a part runs out. */
  #settlePart(note: HaltNote, part: Part): number {
    if (part.effectiveMs !== null) return Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const lease of part.waiting.values()) {
      if (!this.#parts.leases.isOver(lease)) {
        next = Math.min(next, lease.untilMs);
        continue;
      }
      part.waiting.delete(lease.lease);
      part.ranOut.push(this.#settledOf(note, lease));
      this.changes.note(note.id);
    }
    if (part.waiting.size > 0) return next;
    part.effectiveMs = this.#parts.clocks.monotonicMs();
    this.#parts.settled(note, part);
    return Number.POSITIVE_INFINITY;
  }

  #settledOf({ latchedMs }: HaltNote, { agent, lease, name }: Lease): Settled {
    const { clocks } = this.#parts;
    const ms = Math.round((clocks.monotonicMs() - latchedMs) * 1_000) / 1_000;
    return { agent, lease, name, at: clocks.now(), ms };
  }

  #effective(note: HaltNote): void {
    note.effectiveAt = this.#parts.clocks.now();
    note.effectiveMs = this.#parts.clocks.monotonicMs() - note.latchedMs;
    for (const wake of this.#waiting.get(note.id) ?? []) wake();
    this.changes.note(note.id);
  }

  #wakeAt(untilMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (untilMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.max(0, untilMs - this.#parts.clocks.monotonicMs()) + LATER_MS;
    this.#timer = setTimeout(() => this.settle(), waitMs).unref();
  }
}

/** Returns a halt as it is shown. */
export function viewOf(note: HaltNote): Omit<HaltView, 'executors' | 'revision'> {
  const { id, agent, scope, target, reason, by, incident, parts } = note;
  const flights = parts.flatMap((part) => [...part.flights.values()]);
  return {
    halt: id,
    agent,
    scope,
    target,
    reason,
    by,
    incident,
    epoch: Math.max(0, ...parts.map(({ epoch }) => epoch)),
    state: note.effectiveAt === null ? 'latched' : 'effective',
    latchedAt: note.latchedAt,
    effectiveAt: note.effectiveAt,
    effectiveMs: note.effectiveMs,
    waitingFor: parts.flatMap(({ waiting }) => [...waiting.values()].map(holderOf)),
    index: note.index,
    acknowledged: parts.flatMap(({ acknowledged }) => acknowledged),
    ranOut: parts.flatMap(({ ranOut }) => ranOut),
    inFlight: flights
      .flatMap(({ flight, end }) => {
        const { agent: of, session, decision, tool } = flight;
        return end === null ? [] : [{ agent: of, session, decision, tool, end }];
      })
      .slice(0, MOST_FLIGHTS),
    resumedAt: note.resumedAt,
  };
}

function holderOf({ agent, lease, name }: Lease): HolderView {
  return { agent, lease, name };
}
