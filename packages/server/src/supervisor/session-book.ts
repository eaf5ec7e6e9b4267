import { isJsonObject, type JsonObject } from '@plumbline/core';

import type { Link } from '../client/link.ts';
import { type SupervisionRule, supervisionRule } from '../config/supervision.ts';
import type { ObservedFinding, ObservedWhat } from '../guard/noted-types.ts';

/** How a session stands, as a supervisor needs to know it. */
export type Standing = 'open' | 'stopped' | 'unknown';

/** What the daemon says of what runs in a session; a rule of null: its settings say nothing. */
export type ToldBounds = { readonly rule: SupervisionRule | null; readonly decided: number };

/** How many events are something that was refused, and what was found in them. */
export type Judgement = {
  readonly refused?: number;
  readonly finding?: ObservedFinding | undefined;
};

const AT_ONCE = 200;
const MOST_OF_A_KIND = 20_000;

/** What a supervisor tells the daemon of one session, and asks of it. */
export class SessionBook {
  readonly #link: Link;
  readonly #session: string;
  readonly #counts = new Map<ObservedWhat, number>();
  readonly #pending = new Set<Promise<boolean>>();
  #lost = 0;

  constructor(link: Link, session: string) {
    this.#link = link;
    this.#session = session;
  }

  /** How many events nobody has: the daemon was away, or there were too many of their kind. */
  get lost(): number {
    return this.#lost;
  }

  /** Resolves with whether events stand in the ledger for good. */
  async record(
    what: ObservedWhat,
    events: readonly JsonObject[],
    { refused = 0, finding }: Judgement = {},
  ): Promise<boolean> {
    const count = (this.#counts.get(what) ?? 0) + events.length;
    this.#counts.set(what, count);
    if (count > MOST_OF_A_KIND) return this.#lose(events.length);
    for (let from = 0; from < events.length; from += AT_ONCE) {
      const some = events.slice(from, from + AT_ONCE);
      const found = finding === undefined ? {} : { finding };
      const asked = { session: this.#session, what, refused, events: some, ...found };
      const said = await this.#link.ask('observed', asked);
      if (!said.ok) return this.#lose(events.length - from);
    }
    return true;
  }

  /** Records events that nothing waits for. */
  note(what: ObservedWhat, events: readonly JsonObject[], judged: Judgement = {}): void {
    const recording = this.record(what, events, judged);
    this.#pending.add(recording);
    void recording.finally(() => this.#pending.delete(recording));
  }

  /** Resolves when everything noted so far is recorded, or is lost. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Asks whether anything may still be done in the session. */
  async standing(): Promise<Standing> {
    const probe = { session: this.#session, tool: 'output.message', args: {} };
    const said = await this.#link.ask('evaluate', probe);
    if (!said.ok) {
      const isOver = said.code === 'session-closed' || said.code === 'unknown-session';
      return isOver ? 'stopped' : 'unknown';
    }
    const { decision = null } = said.value;
    const because = isJsonObject(decision) ? decision['because'] : null;
    const stages = Array.isArray(because) ? because.map((each) => Object(each)['stage']) : [];
    return stages.includes('halted') ? 'stopped' : 'open';
  }

  /** Asks what the settings let it reach, and how much was decided; null: nobody said. */
  async bounds(): Promise<ToldBounds | null> {
    const said = await this.#link.ask('supervision', { session: this.#session });
    if (!said.ok) return null;
    const { rule = null, decided } = said.value;
    if (typeof decided !== 'number') return null;
    if (rule === null) return { rule, decided };
    const parsed = supervisionRule.safeParse(rule);
    return parsed.success ? { rule: parsed.data, decided } : null;
  }

  #lose(count: number): false {
    this.#lost += count;
    return false;
  }
}
