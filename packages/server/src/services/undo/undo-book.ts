import type { Json, JsonObject } from '@plumbline/core';

import type { StepState, UndoSet, UndoState, UndoStep } from './undo-types.ts';

/** The kinds of entries the book is folded from. */
export const UNDO_KINDS = [
  'undo_planned',
  'undo_asked',
  'undo_voted',
  'undo_run',
  'undo_step',
  'undo_ended',
] as const;

/** What the book reads of an entry. */
export type UndoEntry = {
  readonly kind: string;
  readonly agent: string | null;
  readonly at: number;
  readonly open: JsonObject;
  readonly index: number;
};

/** Who has a set gone on with that the end of the daemon cut short: its next start. */
export const BY_START = 'start';

/** How long an approval is good for. */
export const APPROVED_MS = 86_400_000;
const MOST_SETS = 10_000;
const KEPT_ENDED = 1_000;
const KEPT_ENTRIES = 10;
const TRIED: ReadonlySet<StepState> = new Set(['failed', 'refused']);
const BEGUN: ReadonlySet<StepState> = new Set(['began', 'done', 'unknown']);
const OPEN: ReadonlySet<UndoState> = new Set(['pending', 'approved', 'running', 'stopped']);

/** Everything that is, was or is to be taken back; from the ledger. */
export class UndoBook {
  readonly #sets = new Map<string, UndoSet>();
  /** Sets by the decisions they take back. */
  readonly #byDecision = new Map<string, Set<string>>();
  /** What is planned and not asked for: forgotten with the next set. */
  #planned: UndoStep[] = [];
  #plannedFor = '';
  /** What the last run of a set is to try once more, and the sets it did nothing of yet. */
  readonly #again = new Map<string, Set<number>>();
  readonly #isUntouched = new Set<string>();
  /** Sets in which a person said what became of an action since the last run. */
  readonly #isSettled = new Set<string>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold(entry: UndoEntry): void {
    const { kind, open } = entry;
    const undo = textOf(open['undo']);
    if (kind === 'undo_planned') this.#plan(undo, entry);
    if (kind === 'undo_asked') this.#ask(undo, entry);
    const found = this.#sets.get(undo);
    if (found === undefined || kind === 'undo_asked') return;
    const { at } = entry;
    const set = { ...found, entries: withEntry(found.entries, entry.index) };
    const by = textOf(open['by']);
    const reason = textOf(open['reason']);
    if (kind === 'undo_voted' && set.vote === null) {
      const outcome = open['outcome'] === 'approve' ? 'approve' : 'deny';
      this.#put({ ...set, vote: { outcome, by, reason, at } });
    }
    if (kind === 'undo_run') this.#run(set, { by, isAgain: open['again'] === true });
    if (kind === 'undo_step') this.#step(set, entry);
    if (kind === 'undo_ended') this.#put({ ...set, withdrawn: { by, reason, at } });
  }

  find(undo: string): UndoSet | undefined {
    return this.#sets.get(undo);
  }

  /** What failed or was refused before the last run, which is to try it once more and has not. */
  toRetry(undo: string): ReadonlySet<number> {
    return this.#again.get(undo) ?? new Set();
  }

  /** Whether nothing is written down of what the last run of a set did. */
  isUntouched(undo: string): boolean {
    return this.#isUntouched.has(undo);
  }

  /** Whether a person said since the last run what became of an action: that run had ended. */
  isSettled(undo: string): boolean {
    return this.#isSettled.has(undo);
  }

  /** Newest first. */
  sets(): readonly UndoSet[] {
    return [...this.#sets.values()].reverse();
  }

  /** Whether one more can be remembered: what was taken back is never forgotten. */
  get hasRoom(): boolean {
    return this.#sets.size < MOST_SETS;
  }

  /** Returns the set that takes a decision back, or has; undefined while none does. */
  holderOf(
    decision: string,
    now: number,
  ): { readonly set: UndoSet; readonly isDone: boolean } | undefined {
    for (const undo of this.#byDecision.get(decision) ?? []) {
      const set = this.#sets.get(undo);
      const step = set?.steps.find((each) => each.decision === decision);
      if (set === undefined || step === undefined) continue;
      if (BEGUN.has(step.state)) return { set, isDone: step.state === 'done' };
      if (OPEN.has(stateOf(set, now))) return { set, isDone: false };
    }
    return undefined;
  }

  #plan(undo: string, { open, index }: UndoEntry): void {
    if (this.#plannedFor !== undo) this.#planned = [];
    this.#plannedFor = undo;
    this.#planned.push({
      n: numberOf(open['n']),
      decision: textOf(open['decision']),
      tool: textOf(open['tool']),
      action: textOf(open['action']),
      index,
      state: 'planned',
      compensating: null,
      why: null,
      by: null,
      at: null,
      tries: 0,
    });
  }

  #ask(undo: string, { agent, at, open, index }: UndoEntry): void {
    const steps = this.#plannedFor === undo ? this.#planned : [];
    this.#planned = [];
    // A set of which a crash left a part is none.
    if (agent === null || steps.length !== numberOf(open['actions'])) return;
    const { person } = open;
    this.#put({
      undo,
      agent,
      digest: textOf(open['digest']),
      pact: textOf(open['pact']),
      goOn: open['goOn'] === true,
      reason: textOf(open['reason']),
      by: textOf(open['by']),
      person: typeof person === 'string' ? person : null,
      askedAt: at,
      untilMs: numberOf(open['untilMs']),
      vote: null,
      runs: 0,
      ranBy: null,
      withdrawn: null,
      steps,
      entries: [index],
    });
    for (const { decision } of steps) this.#hold(decision, undo);
    this.#forgetOldest(at);
  }

  #hold(decision: string, undo: string): void {
    const held = this.#byDecision.get(decision) ?? new Set();
    held.add(undo);
    this.#byDecision.set(decision, held);
  }

  // Who had it run stays who did, also where a start goes on with it.
  #run(set: UndoSet, { by, isAgain }: { readonly by: string; readonly isAgain: boolean }): void {
    const { undo, runs } = set;
    const goesOn = by === BY_START;
    this.#put({ ...set, runs: runs + 1, ranBy: goesOn ? set.ranBy : by });
    this.#isUntouched.add(undo);
    this.#isSettled.delete(undo);
    if (goesOn) return;
    const tried = set.steps.filter(({ state }) => isAgain && TRIED.has(state));
    this.#again.set(undo, new Set(tried.map(({ n }) => n)));
  }

  #step(set: UndoSet, { at, open }: UndoEntry): void {
    const n = numberOf(open['n']);
    this.#again.get(set.undo)?.delete(n);
    this.#isUntouched.delete(set.undo);
    const { decision, why, by } = open;
    if (typeof by === 'string') this.#isSettled.add(set.undo);
    // The parser checked it; the compiler sees JSON.
    const state = open['state'] as StepState;
    const steps = set.steps.map((step): UndoStep => {
      if (step.n !== n) return step;
      return {
        ...step,
        state,
        compensating: typeof decision === 'string' ? decision : step.compensating,
        why: typeof why === 'string' ? why : null,
        by: typeof by === 'string' ? by : null,
        at,
        tries: step.tries + (TRIED.has(state) ? 1 : 0),
      };
    });
    this.#put({ ...set, steps });
  }

  #put(set: UndoSet): void {
    this.#sets.set(set.undo, set);
  }

  // What began stays: it is what keeps an action from being taken back twice.
  #forgetOldest(now: number): void {
    const ended = [...this.#sets.values()].filter((set) => {
      return !OPEN.has(stateOf(set, now)) && set.steps.every(({ state }) => !BEGUN.has(state));
    });
    const [oldest] = ended.length > KEPT_ENDED ? ended : [];
    if (oldest === undefined) return;
    this.#sets.delete(oldest.undo);
    this.#again.delete(oldest.undo);
    this.#isUntouched.delete(oldest.undo);
    this.#isSettled.delete(oldest.undo);
    for (const { decision } of oldest.steps) {
      const held = this.#byDecision.get(decision);
      held?.delete(oldest.undo);
      if (held?.size === 0) this.#byDecision.delete(decision);
    }
  }
}

/** Returns how a set stands at a moment. Source: spec/undo.md, section "States". */
export function stateOf(set: UndoSet, now: number): UndoState {
  const { withdrawn, vote, untilMs, steps, runs } = set;
  if (steps.every(({ state }) => state === 'done')) return 'done';
  if (withdrawn !== null) return 'withdrawn';
  if (vote === null) return now < untilMs ? 'pending' : 'expired';
  if (vote.outcome === 'deny') return 'denied';
  if (steps.some(({ state }) => state === 'began')) return 'running';
  if (now >= vote.at + APPROVED_MS) return 'lapsed';
  return runs === 0 ? 'approved' : 'stopped';
}

function withEntry(entries: readonly number[], index: number): readonly number[] {
  const [asked = index, ...later] = entries;
  return [asked, ...later.slice(2 - KEPT_ENTRIES), index];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
