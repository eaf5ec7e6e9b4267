import type { NotifyRules } from '../config/notify.ts';
import type { Outbox, OutboxRow } from '../store/outbox.ts';
import { ATTENTION, linkTo } from './links.ts';
import { keyOf, type Notice, noticeId, type Origin, rankOf, severityOf } from './notice.ts';
import { routeNotice } from './route-notice.ts';

/** Where notices are put, and by which rules. */
export type PostNeeds = {
  readonly outbox: Outbox;
  readonly rules: NotifyRules;
  readonly origin: Origin;
  readonly clock: () => number;
};

/** Of how many messages a digest is made at a time. */
const DIGESTED = 100;

/**
 * Puts a notice into the outbox for every channel that is told of it and was told of things from
 * an entry on that is not later. Returns how many messages were put in.
 *
 * isMeant: leaves out channels it is not for, whatever the routes say.
 */
export function post(
  needs: PostNeeds,
  notice: Notice,
  isMeant: (channel: string) => boolean = () => true,
): number {
  const { outbox, rules } = needs;
  return outbox.transaction(() => {
    const told = routeNotice(notice, rules, outbox.thread(notice.thread));
    const begun = told.filter(({ channel }) => {
      if (!isMeant(channel)) return false;
      const row = outbox.channel(channel);
      return row !== undefined && (notice.index === null || notice.index >= row.sinceIndex);
    });
    const put = begun.filter(({ channel, rank }) => putOne(needs, notice, { channel, rank }));
    if (notice.phase === 'closes') {
      outbox.endThread(notice.thread);
      outbox.keepPromise({ thread: notice.thread }, notice.at);
    }
    return put.length;
  });
}

/** Puts a notice into the outbox for one channel, whatever the routes say. */
export function putOne(
  needs: PostNeeds,
  notice: Notice,
  { channel, rank }: { readonly channel: string; readonly rank: number },
): boolean {
  const { outbox, clock } = needs;
  const isPut = outbox.put(
    {
      key: keyOf(notice.id, channel),
      channel,
      thread: notice.thread,
      rank,
      at: notice.at,
      event: notice.event,
      notice: JSON.stringify(notice),
      isOpen: notice.phase === 'opens',
    },
    clock(),
  );
  if (!isPut) return false;
  // What is critical waits for no back-off: the channel is tried once more at once.
  const standing = outbox.channel(channel);
  if (rank === 0 && standing !== undefined) outbox.putChannel({ ...standing, dueAt: 0 });
  makeRoom(needs, channel);
  return true;
}

/**
 * At the bound the oldest of the least pressing messages become one digest, which counts them and
 * says where they stand in the ledger: nothing is dropped.
 */
function makeRoom({ outbox, rules, origin, clock }: PostNeeds, channel: string): void {
  const waiting = outbox
    .counts()
    .find((each) => each.channel === channel && each.state === 'waiting');
  if ((waiting?.count ?? 0) <= rules.waiting) return;
  const rows = outbox.foldable(channel, DIGESTED);
  if (rows.length < 2) return;
  const notice = digestOf({ origin, rules }, rows, channel);
  const keys = rows.map(({ key }) => key);
  outbox.fold(keys, keyOf(notice.id, channel), clock());
  outbox.put(
    {
      key: keyOf(notice.id, channel),
      channel,
      thread: notice.thread,
      rank: rankOf(notice.severity),
      at: notice.at,
      event: 'digest',
      notice: JSON.stringify(notice),
    },
    clock(),
  );
}

type Counts = Map<string, number>;

function digestOf(
  { origin, rules }: Pick<PostNeeds, 'origin' | 'rules'>,
  rows: readonly OutboxRow[],
  channel: string,
): Notice {
  const notices = rows.flatMap((row) => readNotice(row) ?? []);
  const counts: Counts = new Map();
  for (const notice of notices) countIn(counts, notice);
  const indexes = notices.flatMap(indexesOf);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const id = noticeId(origin, 'digest', channel, ...rows.map(({ key }) => key));
  const at = Math.min(...rows.map((row) => row.at));
  const first = indexes.length === 0 ? '' : `${Math.min(...indexes)}`;
  const last = indexes.length === 0 ? '' : `${Math.max(...indexes)}`;
  return {
    id,
    thread: `thr_${id.slice('ntc_'.length)}`,
    event: 'digest',
    severity: severityOf(Math.min(...rows.map(({ rank }) => rank))),
    phase: 'tells',
    at,
    agent: null,
    index: null,
    title: `${total} messages in one, because too many wait for this channel`,
    facts: [
      ...[...counts].map(([event, count]) => [event, `${count}`] as const),
      ...(first === '' ? [] : [['first entry', first] as const, ['last entry', last] as const]),
    ],
    link: linkTo(rules.url, ATTENTION),
    nextWordAt: null,
    approval: null,
  };
}

/**
 * Returns the notice of a row; what was put in as JSON comes out as it was. Null where the row was
 * made from the record of how it ended, which does not say what was told.
 */
export function readNotice({ notice }: Pick<OutboxRow, 'notice'>): Notice | null {
  const read: unknown = JSON.parse(notice);
  // Nothing but `putOne`, the digest and the fold write this column: a notice, or nothing.
  return Object.hasOwn(Object(read), 'id') ? (read as Notice) : null;
}

const EDGES = ['first entry', 'last entry'];

/** A digest of digests counts what those counted. */
function countIn(counts: Counts, { event, facts }: Notice): void {
  const add = (name: string, count: number): void =>
    void counts.set(name, (counts.get(name) ?? 0) + count);
  if (event !== 'digest') return add(event, 1);
  for (const [name, value] of facts) if (!EDGES.includes(name)) add(name, Number(value));
}

function indexesOf({ event, index, facts }: Notice): readonly number[] {
  if (index !== null) return [index];
  const edges = facts.filter(([name]) => EDGES.includes(name));
  return event === 'digest' ? edges.map(([, value]) => Number(value)) : [];
}
