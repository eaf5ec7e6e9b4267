import type { ChannelRow, Outbox, OutboxRow } from '../store/outbox.ts';
import { backOffMs } from './back-off.ts';
import type { Channel, LeftRecipient, Sent } from './channel.ts';
import { leftKey } from './notice.ts';
import { readNotice } from './post-office.ts';

/** What a courier works with. `random` is from 0 up to 1. */
export type CourierNeeds = {
  readonly outbox: Outbox;
  readonly channels: readonly Channel[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly deadAfterMs: number;
  /** Is called after a message ended, to write that down. */
  readonly ended: () => void;
  readonly failed: (cause: unknown) => void;
};

// A message that a service answers with a failure for so long lets others go before it.
const ASIDE_AFTER_MS = 7_200_000;
const ASIDE_MS = 1_800_000;
// After so many failures in a row a success ends an outage: what was set aside counts again.
const OUTAGE = 3;
const LONGEST_HOLD_MS = 3_600_000;

/**
 * Delivers what waits, one message of a channel at a time and channels side by side. What is to be
 * sent is counted before and its end is written after, so that a crash in between sends it again
 * under the same key. After a failure the whole channel waits, and then begins with what is most
 * pressing.
 */
export class Courier {
  readonly #needs: CourierNeeds;
  readonly #rounds = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #beganAt: number;

  constructor(needs: CourierNeeds) {
    this.#needs = needs;
    this.#beganAt = needs.clock();
  }

  /** Begins a round of every channel that has none; what is due now is sent. */
  wake(): void {
    for (const channel of this.#needs.channels) {
      if (this.#rounds.has(channel.name) || this.#stop.signal.aborted) continue;
      const round = this.#round(channel)
        .catch(this.#needs.failed)
        .finally(() => this.#rounds.delete(channel.name));
      this.#rounds.set(channel.name, round);
    }
  }

  /** Resolves once nothing is under way. */
  async settle(): Promise<void> {
    while (this.#rounds.size > 0) await Promise.all(this.#rounds.values());
  }

  /** Ends what is under way; what was not answered waits for the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.settle();
  }

  async #round(channel: Channel): Promise<void> {
    const { outbox, clock } = this.#needs;
    while (!this.#stop.signal.aborted) {
      const row = outbox.next(channel.name, clock());
      const standing = outbox.channel(channel.name);
      if (row === undefined || standing === undefined) return;
      if (clock() < Math.max(standing.dueAt, standing.heldUntil)) return;
      const isDelivered = await this.#deliver(channel, row);
      if (!isDelivered) return;
    }
  }

  /** Returns whether the next may be tried at once. */
  async #deliver(channel: Channel, row: OutboxRow): Promise<boolean> {
    const { outbox, clock, ended } = this.#needs;
    const now = clock();
    const notice = readNotice(row);
    if (notice === null) {
      outbox.end(row.key, { state: 'dead', at: now, fault: 'forgotten', reference: null });
      ended();
      return true;
    }
    outbox.begin(row.key, now);
    const sent = await channel.send(
      {
        key: row.key,
        notice,
        attempt: row.attempts + 1,
        // What happened before this daemon began may have been told by the one before, whose outbox
        // was lost.
        mayStand: row.attempts > 0 || row.at < this.#beganAt,
        // What begins anew is no part of what began before, such as another halt of an agent.
        reference: notice.phase === 'opens' ? null : outbox.reference(channel.name, row.thread),
        now,
      },
      this.#stop.signal,
    );
    if (this.#stop.signal.aborted && sent.kind !== 'delivered') return false;
    outbox.transaction(() => this.#settleOne(row, sent));
    ended();
    return sent.kind !== 'later';
  }

  #settleOne({ key, channel, ...row }: OutboxRow, sent: Sent): void {
    const { outbox, clock, deadAfterMs } = this.#needs;
    const at = clock();
    const standing = outbox.channel(channel);
    if (standing === undefined) return;
    if (sent.kind === 'delivered') {
      outbox.end(key, { state: 'delivered', at, fault: null, reference: sent.reference });
      for (const left of sent.left ?? []) this.#leave({ key, channel, ...row }, left, at);
      if (standing.failures >= OUTAGE) outbox.setAside({ channel }, null);
      outbox.putChannel({ ...standing, failures: 0, dueAt: 0, heldUntil: 0 });
      return;
    }
    const { fault } = sent;
    if (sent.kind === 'refused') {
      outbox.end(key, { state: 'dead', at, fault, reference: null });
      return;
    }
    const isOver = at - row.putAt >= deadAfterMs;
    const { reference = null } = sent;
    outbox.end(key, { state: isOver ? 'dead' : 'waiting', at, fault, reference });
    if (sent.isAnswered && at - (row.triedAt ?? at) >= ASIDE_AFTER_MS) {
      outbox.setAside({ key }, Math.min(at + ASIDE_MS, row.putAt + deadAfterMs));
    }
    outbox.putChannel(this.#heldBack(standing, sent, at));
  }

  /** Whoever was told counts as told; who was not has a message of their own from here on. */
  #leave(row: OutboxRow, { recipient, fault, isFinal }: LeftRecipient, at: number): void {
    const { outbox } = this.#needs;
    const key = leftKey(row.key, recipient);
    outbox.put({ ...row, key }, at);
    if (isFinal) outbox.end(key, { state: 'dead', at, fault, reference: null });
  }

  #heldBack(
    standing: ChannelRow,
    { retryAfterMs }: Extract<Sent, { kind: 'later' }>,
    at: number,
  ): ChannelRow {
    const failures = standing.failures + 1;
    const hold = Math.min(Math.max(0, retryAfterMs ?? 0), LONGEST_HOLD_MS);
    const dueAt = at + backOffMs(failures, this.#needs.random);
    return { ...standing, failures, dueAt, heldUntil: at + hold };
  }
}
