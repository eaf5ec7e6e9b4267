import type { FoundAsk } from '../guard/ask-types.ts';
import type { Guard } from '../guard/guard.ts';
import type { BreakGlass, ShownGlass } from '../services/break-glass.ts';
import type { OutboxRow } from '../store/outbox.ts';
import { askedOf, noticeOfAsk, ownNotice } from './make-notice.ts';
import { keyOf, momentOf, threadId } from './notice.ts';
import { post, type PostNeeds, readNotice } from './post-office.ts';

/** What is looked at beside the ledger. */
export type WatchNeeds = PostNeeds & {
  readonly asks: Pick<Guard['asks'], 'list'>;
  readonly breakGlass: Pick<BreakGlass, 'list'>;
};

const REMEMBERED_MS = 60_000;
// How many first notices are looked at each time; the next look goes on behind them.
const MOST_LOOKED = 1_000;

/** Sees what no entry says: deadlines that come near or have passed. */
export class Watch {
  readonly #needs: WatchNeeds;
  /** Asks of whose end somebody was told, or nobody has to be. */
  #ended: ReadonlySet<string> = new Set();
  #lookedAt = 0;

  constructor(needs: WatchNeeds) {
    this.#needs = needs;
  }

  /** Puts into the outbox what is due at this moment. */
  look(now: number): void {
    this.#approvals(now);
    for (const glass of this.#needs.breakGlass.list()) this.#glass(glass, now);
    this.#lateWords(now);
    this.#lateFirst(now);
  }

  #approvals(now: number): void {
    const { asks, rules } = this.#needs;
    const ended = new Set<string>();
    for (const found of asks.list()) {
      const { id, state, expiresAtMs } = found.ask;
      if (state !== 'pending') {
        if (this.#ended.has(id) || this.#isEnded(found, now)) ended.add(id);
      } else if (expiresAtMs - now <= rules.approvalSoonMs) {
        this.#tellAsk(found, 'approval-soon', now);
      }
    }
    // What the guard has forgotten is forgotten here.
    this.#ended = ended;
  }

  /** Tells of the end of an ask; whoever was not told that it was asked is told nothing. */
  #isEnded(found: FoundAsk, now: number): boolean {
    const { outbox, origin } = this.#needs;
    const { id, endedAt } = found.ask;
    if (outbox.thread(threadId(origin, 'approval', id)).length > 0) {
      this.#tellAsk(found, 'approval-ended', endedAt ?? now);
      return true;
    }
    return now - (endedAt ?? now) > REMEMBERED_MS;
  }

  #tellAsk(found: FoundAsk, event: 'approval-soon' | 'approval-ended', at: number): void {
    const of = { event, at, index: null, state: found.ask.state };
    post(this.#needs, noticeOfAsk(this.#needs, askedOf(found), of));
  }

  #glass({ id, review, reviewByMs }: ShownGlass, now: number): void {
    if (review !== null || reviewByMs > now) return;
    const notice = ownNotice(this.#needs, {
      event: 'break-glass-overdue',
      severity: 'high',
      phase: 'updates',
      at: reviewByMs,
      thread: threadId(this.#needs.origin, 'glass', id),
      title: `the review of break-glass \`${id}\` is overdue`,
      facts: [['id', id]],
      once: id,
    });
    post(this.#needs, notice);
  }

  /** Whoever was told of an incident is told who was not; all are looked at in turn. */
  #lateFirst(now: number): void {
    const { outbox, rules } = this.#needs;
    const open = outbox
      .promises()
      .filter(({ keptAt, at }) => keptAt === null && at + rules.firstNoticeMs <= now);
    const channels = Object.keys(rules.channels);
    const all = open.length * channels.length;
    const end = this.#lookedAt + Math.min(all, MOST_LOOKED);
    for (let next = this.#lookedAt; next < end; next += 1) {
      const place = next % all;
      const incident = open[Math.floor(place / channels.length)];
      const channel = channels[place % channels.length];
      if (incident === undefined || channel === undefined) continue;
      const row = outbox.row(keyOf(incident.notice, channel));
      if (row?.state === 'waiting') this.#tellLate(row);
    }
    this.#lookedAt = all === 0 ? 0 : end % all;
  }

  #tellLate(row: OutboxRow): void {
    const { outbox, rules } = this.#needs;
    const first = readNotice(row);
    if (first === null) return;
    const { id, thread, title, agent } = first;
    const late = ownNotice(this.#needs, {
      event: 'first-notice-late',
      severity: 'high',
      phase: 'updates',
      at: row.at + rules.firstNoticeMs,
      agent,
      thread,
      title: `the first notice has not reached channel \`${row.channel}\`: ${title}`,
      facts: [
        ['incident', id],
        ['channel', row.channel],
      ],
      once: `${id}:${row.channel}`,
    });
    const isTold = (channel: string): boolean =>
      outbox.row(keyOf(id, channel))?.state === 'delivered';
    post(this.#needs, late, isTold);
  }

  /** A promise that was not kept is told to those who were given it. */
  #lateWords(now: number): void {
    const { outbox } = this.#needs;
    for (const { notice, thread, title, agent, dueAt, keptAt, isLate } of outbox.promises()) {
      if (keptAt !== null || isLate || dueAt > now) continue;
      outbox.transaction(() => {
        const late = ownNotice(this.#needs, {
          event: 'word-late',
          severity: 'high',
          phase: 'updates',
          at: dueAt,
          agent,
          thread,
          title: `the word promised by ${momentOf(dueAt)} is late: ${title}`,
          facts: [['incident', notice]],
          once: `${notice}:${dueAt}`,
        });
        post(this.#needs, late);
        outbox.noteLate(notice);
      });
    }
  }
}
