import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { refused, served } from '../services/served.ts';
import type { Served } from '../services/services.ts';
import type { WriteEntry } from '../services/write-entry.ts';
import type { ChannelRow, OutboxRow, PromisedWord } from '../store/outbox.ts';
import { ownNotice } from './make-notice.ts';
import { keyOf, rankOf, severityOf } from './notice.ts';
import type { ChannelView, IncidentView, IncidentWord, MessageView, Notices } from './notices.ts';
import type { Notifier } from './notifier.ts';
import { type PostNeeds, putOne, readNotice } from './post-office.ts';

/** What the service of notifications stands on. */
export type NoticesNeeds = PostNeeds & {
  readonly notifier: Pick<Notifier, 'wake' | 'caughtUp' | 'settle'>;
  readonly write: WriteEntry;
  readonly slack: Notices['slack'];
  readonly serviceNow: Notices['serviceNow'];
  /** Says what keeps a channel from working, or null. */
  readonly problemOf: (channel: string) => string | null;
};

const TEST_MS = 15_000;
const LOOK_MS = 50;
const MOST_RETRIED = 1_000;
const MINUTE_MS = 60_000;
const FAILING = 3;

/** Returns the service of how people are told. */
export function makeNotices(needs: NoticesNeeds): Notices {
  const { outbox } = needs;
  return {
    channels: () => channelsOf(needs),
    messages: (filter) => outbox.rows(filter).map(viewOf),
    incidents: () => outbox.promises().map((promised) => incidentOf(needs, promised)),
    test: (channel) => test(needs, channel),
    retry: (key, by) => retry(needs, key, by),
    say: (word, by) => say(needs, word, by),
    slack: needs.slack,
    serviceNow: needs.serviceNow,
    attention: () => attentionOf(needs),
  };
}

/** Returns the service where no channel is configured. */
export function noNotices(): Notices {
  const none: Served<never> = refused(
    'not-found',
    'no channel is configured: docs/notifications.md says how',
  );
  return {
    channels: () => [],
    messages: () => [],
    incidents: () => [],
    test: () => Promise.resolve(none),
    retry: () => Promise.resolve(none),
    say: () => Promise.resolve(none),
    slack: () => none,
    serviceNow: () => none,
    attention: () => [],
  };
}

function incidentOf(
  { outbox, rules, clock }: NoticesNeeds,
  { notice: id, title, agent, severity, at, dueAt, keptAt, isLate }: PromisedWord,
): IncidentView {
  const told = Object.keys(rules.channels).flatMap((channel) => {
    return outbox.row(keyOf(id, channel)) ?? [];
  });
  const first = told.map(({ channel, state, endedAt }) => {
    return { channel, at: state === 'delivered' ? endedAt : null };
  });
  const last = at + rules.firstNoticeMs;
  const isFirstLate = first.some(({ at: when }) => (when ?? clock()) > last);
  const [one] = told;
  const entry = one === undefined ? null : (readNotice(one)?.index ?? null);
  return { id, title, agent, severity, at, dueAt, keptAt, isLate, first, isFirstLate, entry };
}

function channelsOf({ outbox, rules, problemOf, clock }: NoticesNeeds): readonly ChannelView[] {
  const counts = outbox.counts();
  const now = clock();
  return Object.entries(rules.channels).map(([name, { kind }]) => {
    const count = (state: string): number =>
      counts.find((each) => each.channel === name && each.state === state)?.count ?? 0;
    const { failures = 0, dueAt = 0 }: Partial<ChannelRow> = outbox.channel(name) ?? {};
    return {
      name,
      kind,
      waiting: count('waiting'),
      dead: count('dead'),
      delivered: count('delivered'),
      failures,
      dueAt: dueAt > now ? dueAt : null,
      problem: problemOf(name),
    };
  });
}

function viewOf(row: OutboxRow): MessageView {
  const { key, channel, state, event, rank, at, attempts, fault, endedAt } = row;
  const { title = '', index = null, phase = null } = readNotice(row) ?? {};
  const severity = severityOf(rank);
  const told = { key, channel, state, event, severity, phase, title, entry: index };
  return { ...told, at, attempts, fault, endedAt };
}

async function test(needs: NoticesNeeds, channel: string): Promise<Served<MessageView>> {
  const { outbox, clock, notifier, rules } = needs;
  if (!Object.hasOwn(rules.channels, channel)) {
    const known = Object.keys(rules.channels).join('`, `');
    return refused('not-found', `there is no channel \`${channel}\`; there are \`${known}\``);
  }
  const at = clock();
  const notice = ownNotice(needs, {
    event: 'test',
    severity: 'low',
    phase: 'tells',
    at,
    title: 'a test: whoever reads this is told of what happens to agents',
    facts: [['channel', channel]],
    once: randomBytes(16).toString('hex'),
  });
  putOne(needs, notice, { channel, rank: rankOf('low') });
  notifier.wake();
  const key = keyOf(notice.id, channel);
  for (let waitedMs = 0; waitedMs < TEST_MS; waitedMs += LOOK_MS) {
    const row = outbox.row(key);
    if (row === undefined || row.state !== 'waiting' || row.fault !== null) break;
    await sleep(LOOK_MS);
  }
  const row = outbox.row(key);
  return row === undefined ? refused('not-found', 'the message is gone') : served(viewOf(row));
}

async function retry(
  { outbox, write, rules, notifier }: NoticesNeeds,
  key: string | null,
  by: string,
): Promise<Served<{ readonly retried: number }>> {
  const all = outbox.rows({ state: 'dead', limit: MOST_RETRIED });
  const row = key === null ? undefined : outbox.row(key);
  const named = row?.state === 'dead' ? [row] : [];
  const rows = (key === null ? all : named).filter((each) => readNotice(each) !== null);
  if (key !== null && rows.length === 0) {
    return refused('not-found', `\`${key}\` is no dead letter; \`plumb notify dead\` lists them`);
  }
  // How they ended stands in the ledger before that they are tried again.
  await notifier.settle();
  const known = rows.filter(({ channel }) => Object.hasOwn(rules.channels, channel));
  for (const each of known) {
    const { channel, thread, event, rank, attempts } = each;
    const kind = rules.channels[channel]?.kind ?? 'none';
    const about = { channel, kind, key: each.key, thread, event, severity: severityOf(rank) };
    const open = { ...about, entry: null, result: 'retried', attempts, fault: null, by };
    const written = await write({ kind: 'notified', agent: null, open });
    if (!written.ok) return written;
  }
  await notifier.caughtUp();
  notifier.wake();
  return served({ retried: known.length });
}

async function say(
  { outbox, write, clock, notifier }: NoticesNeeds,
  { incident, text, nextMinutes }: IncidentWord,
  by: string,
): Promise<Served<{ readonly index: number }>> {
  const known = outbox.promises().some(({ notice }) => notice === incident);
  if (!known) {
    const advice = '`plumb notify incidents` lists them';
    return refused('not-found', `there is no incident \`${incident}\`; ${advice}`);
  }
  const nextAtMs = nextMinutes === null ? null : clock() + nextMinutes * MINUTE_MS;
  const open = { notice: incident, text, nextAtMs, by };
  const written = await write({ kind: 'incident_word', agent: null, open });
  if (!written.ok) return written;
  await notifier.caughtUp();
  return served({ index: written.value.index });
}

function attentionOf(needs: NoticesNeeds): readonly string[] {
  const views = channelsOf(needs);
  const dead = needs.outbox
    .counts()
    .reduce((sum, { state, count }) => (state === 'dead' ? sum + count : sum), 0);
  const late = needs.outbox.promises().filter(({ keptAt, isLate }) => keptAt === null && isLate);
  const failing = views.filter(({ failures, problem }) => failures >= FAILING || problem !== null);
  return [
    ...(dead === 0 ? [] : [`${dead} messages could not be delivered: plumb notify dead`]),
    ...failing.map(({ name, waiting }) => {
      return `channel \`${name}\` does not work, ${waiting} messages wait: plumb notify list`;
    }),
    ...(late.length === 0
      ? []
      : [`${late.length} incidents wait for a word that is late: plumb notify incidents`]),
  ];
}
