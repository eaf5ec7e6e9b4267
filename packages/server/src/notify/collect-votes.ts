import type { Guard } from '../guard/guard.ts';
import type { Approvals } from '../services/approvals.ts';
import type { Outbox } from '../store/outbox.ts';
import type { Channel } from './channel.ts';
import { threadId } from './notice.ts';

/** What votes given elsewhere are collected with. */
export type CollectNeeds = {
  readonly outbox: Pick<Outbox, 'reference'>;
  readonly origin: string;
  readonly channels: readonly Channel[];
  readonly asks: Pick<Guard['asks'], 'list'>;
  readonly voteFrom: Approvals['voteFrom'];
  readonly failed: (cause: unknown) => void;
};

/** How many approvals are asked about at a time. */
const AT_ONCE = 50;
const MOST_KNOWN = 10_000;

/**
 * Collects the words of people at services that are asked for them. Each is counted as the word of
 * the person with that address, by the same rules as everywhere; one that does not count is not
 * offered again.
 */
export class VoteCollector {
  readonly #needs: CollectNeeds;
  readonly #known = new Set<string>();
  readonly #faults = new Map<string, string>();
  /** Where the last round ended, so that the next begins there: none waits for others to end. */
  #from = 0;

  constructor(needs: CollectNeeds) {
    this.#needs = needs;
  }

  async collect(now: number): Promise<void> {
    const { channels, asks } = this.#needs;
    const asking = channels.filter(({ votes }) => votes !== undefined);
    if (asking.length === 0) return;
    const waiting = asks.list({ state: 'pending' });
    const from = this.#from < waiting.length ? this.#from : 0;
    this.#from = from + AT_ONCE;
    for (const { ask } of waiting.slice(from, from + AT_ONCE)) {
      for (const channel of asking) await this.#ask(channel, ask.id, now);
    }
  }

  async #ask(channel: Channel, approval: string, now: number): Promise<void> {
    const { outbox, origin, failed } = this.#needs;
    const reference = outbox.reference(channel.name, threadId(origin, 'approval', approval));
    if (reference === null || channel.votes === undefined) return;
    const found = await channel.votes(reference, now);
    if (!found.ok) {
      if (this.#faults.get(channel.name) === found.fault) return;
      this.#faults.set(channel.name, found.fault);
      failed(new Error(`channel ${channel.name} cannot be asked for approvals: ${found.fault}`));
      return;
    }
    this.#faults.delete(channel.name);
    for (const vote of found.votes) await this.#count(channel, approval, vote);
  }

  async #count(
    { name, kind }: Channel,
    approval: string,
    { id, person, outcome }: { id: string; person: string; outcome: 'approve' | 'deny' },
  ): Promise<void> {
    const known = `${name}:${id}:${outcome}`;
    if (this.#known.has(known)) return;
    const vote = { approval, outcome, reason: `given in ${kind}` };
    const from = { person, by: `${kind}:${name}`, mechanism: kind };
    const counted = await this.#needs.voteFrom(vote, from);
    // What the log could not take is offered once more.
    if (!counted.ok && ['unavailable', 'overloaded'].includes(counted.error.code)) return;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(known);
  }
}
