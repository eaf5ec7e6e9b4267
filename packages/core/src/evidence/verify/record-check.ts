import { AuditBook } from '../../audit/audit-book.ts';
import { isJsonObject, type Json } from '../../json.ts';
import type { Entry } from '../entry.ts';
import { parseEntry } from '../parse.ts';
import { AgentCheck, type Lent } from './agent-check.ts';
import { Answers, type AnswerReport } from './answers.ts';
import { ChainCheck } from './chain-check.ts';
import { Continuity, type Gap } from './continuity.ts';

/** One draw of an audit, and what is wrong with it; `why` is null where nothing is. */
export type CheckedDraw = {
  readonly agent: string;
  readonly audit: string;
  readonly index: number;
  readonly sessions: number;
  readonly drawn: number;
  readonly why: string | null;
};

/** How a record is checked. */
export type RecordCheckOptions = {
  /** How long the daemon may write nothing before that is a gap, ms. */
  readonly heartbeatMs: number;
  /**
   * Only some entries are shown, as in an evidence pack: chains may begin anywhere, and states are
   * not compared.
   */
  readonly isPartial: boolean;
};

/** What came out of a record in which no entry was refused. */
export type RecordReport = AnswerReport & {
  readonly entries: number;
  readonly agents: number;
  readonly openSessions: number;
  /** What was drawn for audits, the first thousand; none of a part of a record. */
  readonly draws: readonly CheckedDraw[];
  /** The log before, when its entries were not shown: nothing is known of states before then. */
  readonly continuedFrom: string | null;
  readonly gaps: readonly Gap[];
  readonly gapCount: number;
};

/**
 * Checks a record entry by entry, in order: every envelope, every chain, the fold of every agent's
 * state, and every decision made again. Memory is bounded by what is open at a time.
 *
 * Source: spec/entries.md, section "Verifying".
 */
export class RecordCheck {
  readonly #lent: Lent;
  readonly #options: RecordCheckOptions;
  #chains: ChainCheck;
  readonly #continuity: Continuity;
  readonly #agents: Map<string, AgentCheck> = new Map();
  readonly #answers: Answers = new Answers();
  readonly #draws: CheckedDraw[] = [];
  /** Null where sessions may have begun before what is shown: draws cannot be made again. */
  #audits: AuditBook | null;
  #isContinued = false;
  #continuedFrom: string | null = null;
  #entries = 0;

  constructor(lent: Lent, options: RecordCheckOptions) {
    this.#lent = lent;
    this.#options = options;
    this.#chains = new ChainCheck(options.isPartial ? 'part' : 'whole');
    this.#continuity = new Continuity(options.heartbeatMs);
    this.#audits = options.isPartial ? null : new AuditBook();
  }

  /**
   * Takes the next entry and returns why the record must be refused, or undefined. Nothing may be
   * taken after a refusal.
   *
   * leaf: the leaf hash of the bytes, in base64.
   */
  take(bytes: Uint8Array, index: number, leaf: string): string | undefined {
    const read = parseEntry(bytes);
    return read.ok ? this.takeEntry(read.value, index, leaf) : read.error;
  }

  /** As `take`, for an entry that was read already. */
  takeEntry(entry: Entry, index: number, leaf: string): string | undefined {
    // Of a log whose predecessors were not taken, chains and states are not known.
    if (this.#entries === 0 && entry.kind === 'continues') this.#goOn(entry.open['origin']);
    const misplaced = this.#chains.take(entry, leaf);
    if (misplaced !== undefined) return misplaced;
    this.#entries += 1;
    if (!this.#options.isPartial) this.#continuity.take(entry, index);
    if (entry.kind === 'erasure') this.#answers.erase(entry.open['subject']);
    this.#drawAgain(entry, index, leaf);
    return entry.agent === null ? undefined : this.#agentOf(entry.agent).take(entry, index);
  }

  /**
   * The entries of a log before the next one cannot be had: chains and states begin anew, and what
   * was said of decisions so far stands.
   */
  skipLog(): void {
    this.#agents.clear();
    this.#chains = new ChainCheck('whole');
    this.#goOn();
  }

  /** Takes note of the name of the log that the next entries are of, for what is listed. */
  beginLog(origin: string): void {
    this.#answers.beginLog(origin);
  }

  /** Makes every draw again from the sessions that closed before it. */
  #drawAgain(entry: Entry, index: number, leaf: string): void {
    const why = this.#audits?.take(entry, index, () => leaf) ?? null;
    if (why !== null) this.#answers.note('broken', { index, decision: '', why });
    if (entry.kind !== 'audit_drawn' || this.#audits === null) return;
    if (this.#draws.length < MOST_DRAWS) this.#draws.push(drawIn(entry, index, why));
  }

  #goOn(origin: Json | undefined = ''): void {
    this.#isContinued = true;
    this.#audits = null;
    this.#continuedFrom = typeof origin === 'string' ? origin : '';
    this.#chains.goOn();
  }

  /** Returns what came out of everything taken so far. */
  report(): RecordReport {
    for (const agent of this.#agents.values()) agent.listUnfinished();
    return {
      ...this.#answers.report(),
      entries: this.#entries,
      agents: this.#agents.size,
      continuedFrom: this.#continuedFrom,
      openSessions: this.#chains.openSessionCount(),
      draws: this.#draws,
      gaps: this.#continuity.gaps,
      gapCount: this.#continuity.count,
    };
  }

  #agentOf(agent: string): AgentCheck {
    const known = this.#agents.get(agent);
    if (known !== undefined) return known;
    const isPartial = this.#options.isPartial || this.#isContinued;
    const check = new AgentCheck(agent, { lent: this.#lent, answers: this.#answers, isPartial });
    this.#agents.set(agent, check);
    return check;
  }
}

const MOST_DRAWS = 1_000;

function drawIn({ agent, open }: Entry, index: number, why: string | null): CheckedDraw {
  const { audit, population = null, sample } = open;
  const count = isJsonObject(population) ? population['count'] : 0;
  return {
    agent: agent ?? '',
    audit: typeof audit === 'string' ? audit : '',
    index,
    sessions: typeof count === 'number' ? count : 0,
    drawn: Array.isArray(sample) ? sample.length : 0,
    why,
  };
}
