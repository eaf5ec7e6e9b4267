import type { Guard } from '../guard/guard.ts';
import type { Approvals } from '../services/approvals.ts';
import type { BreakGlass } from '../services/break-glass.ts';
import type { WriteEntry } from '../services/write-entry.ts';
import { type Follower, followLog } from '../store/follow.ts';
import type { Sequencer } from '../ledger/sequencer.ts';
import type { NotifyRules } from '../config/notify.ts';
import type { Outbox } from '../store/outbox.ts';
import type { Channel } from './channel.ts';
import { VoteCollector } from './collect-votes.ts';
import { Courier } from './courier.ts';
import { NoticeFold } from './fold-notices.ts';
import { type AskedApproval, askedOf, ownNotice } from './make-notice.ts';
import { makeNoting } from './note-ends.ts';
import { post, type PostNeeds } from './post-office.ts';
import { Watch } from './watch.ts';

/** What people are told from, and by which ways. */
export type NotifierNeeds = {
  readonly outbox: Outbox;
  readonly rules: NotifyRules;
  readonly origin: string;
  readonly channels: readonly Channel[];
  readonly sequencer: Pick<Sequencer, 'read' | 'status' | 'onDurable'>;
  readonly asks: Pick<Guard['asks'], 'list' | 'find'>;
  readonly breakGlass: Pick<BreakGlass, 'list'>;
  /** Counts the word of a person that a channel was asked for. */
  readonly voteFrom: Approvals['voteFrom'];
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly random: () => number;
  readonly failed: (cause: unknown) => void;
};

const FORGET_MS = 7 * 86_400_000;
const MOST_ENDED = 20_000;
const FORGET_EVERY_MS = 600_000;
const WATCH_EVERY_MS = 1_000;
const COLLECT_EVERY_MS = 10_000;
const GRACE_MS = 2_000;

/**
 * Tells people what the ledger says and what the daemon sees. Nothing is sent before the outbox
 * holds all of the ledger that stood there at the start, so that what was told is known.
 */
export class Notifier {
  readonly #needs: NotifierNeeds;
  readonly #post: PostNeeds;
  readonly #courier: Courier;
  readonly #note: () => Promise<void>;
  readonly #watch: Watch;
  readonly #votes: VoteCollector;
  #collecting: Promise<void> | null = null;
  #collectedAt = 0;
  #follower: Follower | null = null;
  #isStarted = false;
  #watchedAt = 0;
  #forgotAt = 0;

  constructor(needs: NotifierNeeds) {
    const { outbox, rules, origin, channels, clock, random, write, failed } = needs;
    this.#needs = needs;
    this.#post = { outbox, rules, origin, clock };
    const kinds = new Map(channels.map(({ name, kind }) => [name, kind]));
    const kindOf = (name: string): string => kinds.get(name) ?? 'none';
    this.#note = makeNoting({ outbox, write, kindOf, failed });
    const ended = (): void => void this.#note();
    const { deadAfterMs } = rules;
    this.#courier = new Courier({ outbox, channels, clock, random, deadAfterMs, ended, failed });
    this.#watch = new Watch({ ...needs, ...this.#post });
    this.#votes = new VoteCollector(needs);
  }

  /** Reads what the ledger holds, says who is told from now on, and begins to tell. */
  async start(): Promise<void> {
    const { sequencer, failed } = this.#needs;
    const fold = new NoticeFold({ ...this.#post, ask: (id) => this.#ask(id) });
    this.#follower = followLog(
      sequencer,
      {
        nextIndex: () => fold.nextIndex(),
        drop: () => fold.drop(),
        fold: async (from, entries) => {
          await fold.fold(from, entries);
          if (this.#isStarted) this.#courier.wake();
        },
      },
      { failed },
    );
    await this.#follower.caughtUp();
    await this.#announce();
    this.#buryStrays();
    this.#isStarted = true;
    await this.tick();
  }

  /** Looks at what stands in no entry, and sends what is due; called again and again. */
  async tick(): Promise<void> {
    if (!this.#isStarted) return;
    const { clock, outbox } = this.#needs;
    const now = clock();
    if (Math.abs(now - this.#watchedAt) >= WATCH_EVERY_MS) {
      this.#watchedAt = now;
      this.#watch.look(now);
    }
    if (Math.abs(now - this.#forgotAt) >= FORGET_EVERY_MS) {
      this.#forgotAt = now;
      outbox.forget(now - FORGET_MS, MOST_ENDED);
    }
    if (Math.abs(now - this.#collectedAt) >= COLLECT_EVERY_MS) {
      this.#collectedAt = now;
      // A service that is slow to be asked holds up no message.
      this.#collecting ??= this.#votes
        .collect(now)
        .catch(this.#needs.failed)
        .finally(() => (this.#collecting = null));
    }
    this.#courier.wake();
    await this.#note();
  }

  /** Says that nothing is decided any more; told once for a log of this size. */
  stopped(): void {
    const { outbox, sequencer, clock, rules } = this.#needs;
    const at = clock();
    const once = `stopped:${sequencer.status().durableSize}`;
    const notice = ownNotice(this.#post, {
      event: 'daemon-stopped',
      severity: 'critical',
      phase: 'tells',
      at,
      title: 'the daemon stopped deciding: its log or its guard failed; every action is refused',
      facts: [['entries', `${sequencer.status().durableSize}`]],
      once,
      nextWordAt: at + rules.nextWordMs,
    });
    if (outbox.channels().length > 0) post(this.#post, notice);
    this.#courier.wake();
  }

  /** Sends what is due at once. */
  wake(): void {
    if (this.#isStarted) this.#courier.wake();
  }

  /** Resolves when nothing is under way and every end so far was written down, or was tried. */
  async settle(): Promise<void> {
    await this.#courier.settle();
    await this.#collecting;
    await this.#note();
  }

  /** Resolves once everything durable was read. */
  async caughtUp(): Promise<void> {
    await this.#follower?.caughtUp();
  }

  /** Lets what is under way end for a moment, and stops. The outbox stays open. */
  async close(): Promise<void> {
    this.#isStarted = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GRACE_MS);
    await Promise.race([this.#courier.settle(), promise]);
    clearTimeout(timer);
    await this.#courier.close();
    await this.#collecting;
    await this.#note();
    await this.#follower?.stop();
  }

  async #announce(): Promise<void> {
    const { outbox, channels, write } = this.#needs;
    const known = outbox.channels().map(({ name }) => name);
    const names = channels.map(({ name }) => name).toSorted();
    if (known.join() === names.join()) return;
    const kinds = names.map((name) => channels.find((each) => each.name === name)?.kind ?? 'none');
    await write({ kind: 'notifying', agent: null, open: { channels: names, kinds } });
    await this.#follower?.caughtUp();
  }

  /** What waits for a channel that is not configured any more is a dead letter. */
  #buryStrays(): void {
    const { outbox, channels, clock } = this.#needs;
    const names = new Set(channels.map(({ name }) => name));
    const strays = outbox
      .counts()
      .filter(({ state, channel }) => state === 'waiting' && !names.has(channel));
    for (const { channel, count } of strays) {
      for (const { key } of outbox.rows({ state: 'waiting', channel, limit: count })) {
        outbox.end(key, { state: 'dead', at: clock(), fault: 'no-channel', reference: null });
      }
    }
  }

  #ask(id: string): AskedApproval | undefined {
    const found = this.#needs.asks.find(id);
    return found?.ask.state === 'pending' ? askedOf(found) : undefined;
  }
}
