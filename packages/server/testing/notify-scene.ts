import { join } from 'node:path';
import type { EntryKind, JsonObject } from '@plumbline/core';

import type { NotifyRules } from '../src/config/notify.ts';
import type { FoundAsk } from '../src/guard/ask-types.ts';
import type { Channel, Message, Sent } from '../src/notify/channel.ts';
import { makeNotices } from '../src/notify/make-notices.ts';
import type { Notices } from '../src/notify/notices.ts';
import { Notifier } from '../src/notify/notifier.ts';
import { Recorder } from '../src/record/recorder.ts';
import type { CastVote, Recognised } from '../src/services/approvals.ts';
import type { ShownGlass } from '../src/services/break-glass.ts';
import { refused } from '../src/services/served.ts';
import { makeWriteEntry } from '../src/services/write-entry.ts';
import { openOutbox } from '../src/store/embedded/outbox.ts';
import type { Outbox } from '../src/store/outbox.ts';
import { type MemorySequencer, openMemorySequencer } from './memory-sequencer.ts';

/** One attempt as a channel saw it. */
export type Attempt = { readonly at: number; readonly message: Message };

/** A channel in memory that answers as a test says. */
export type TestChannel = {
  readonly channel: Channel;
  readonly attempts: Attempt[];
  /** What it took, in order. */
  readonly taken: Message[];
  answer: (message: Message) => Sent | Promise<Sent>;
};

/** What takes everything. */
export const TAKEN: Sent = { kind: 'delivered', reference: null };

/** What a service that is down answers. */
export const DOWN: Sent = {
  kind: 'later',
  fault: 'status-500',
  isAnswered: true,
  retryAfterMs: null,
};

/** Returns a channel of a name that takes everything until told otherwise. */
export function testChannel(name = 'hook'): TestChannel {
  const made: TestChannel = {
    attempts: [],
    taken: [],
    answer: () => TAKEN,
    channel: {
      name,
      kind: 'webhook',
      send: async (message) => {
        made.attempts.push({ at: message.now, message });
        const sent = await made.answer(message);
        if (sent.kind === 'delivered') made.taken.push(message);
        return sent;
      },
    },
  };
  return made;
}

/** A notifier over a log in memory and an outbox in a folder, on a clock of the test. */
export type NotifyScene = {
  readonly log: MemorySequencer;
  readonly outbox: Outbox;
  readonly notifier: Notifier;
  readonly notices: Notices;
  readonly asks: FoundAsk[];
  readonly glass: ShownGlass[];
  readonly failures: unknown[];
  readonly votes: (CastVote & Recognised)[];
  readonly now: () => number;
  /** Writes one entry; with a session where its kind stands there. */
  readonly write: (kind: EntryKind, open: JsonObject, of?: Whose) => Promise<number>;
  /** Lets time pass, a step at a time; what is due is sent in each. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>;
  /** Reads, sends and writes down what is due now. */
  readonly settle: () => Promise<void>;
  /** Ends it as a kill does: nothing more is written. */
  readonly abandon: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Whose entry it is. */
export type Whose = { readonly agent?: string | null; readonly session?: string | null };

/** What a test may choose. */
export type SceneOptions = {
  readonly folder: string;
  readonly channels: readonly TestChannel[];
  readonly rules?: Partial<NotifyRules>;
  readonly log?: MemorySequencer;
  readonly start?: number;
  /** Time that somebody else moves. */
  readonly clock?: () => number;
  /** Stands between the notifier and its outbox. */
  readonly around?: (outbox: Outbox) => Outbox;
};

const START = 1_700_000_000_000;

const nobody = (): ReturnType<Notices['slack']> => refused('not-found', 'no Slack here');

/** Returns rules with every default, for channels of these names. */
export function rulesFor(names: readonly string[], own: Partial<NotifyRules> = {}): NotifyRules {
  const hook = {
    kind: 'webhook',
    url: 'https://hook.example/',
    secret: { kind: 'file', path: '/nowhere' },
  } as const;
  return {
    channels: Object.fromEntries(names.map((name) => [name, hook])),
    routes: [],
    url: null,
    firstNoticeMs: 60_000,
    nextWordMs: 1_800_000,
    approvalSoonMs: 60_000,
    deadAfterMs: 86_400_000,
    waiting: 10_000,
    ...own,
  };
}

/** Opens a scene whose notifier has started. */
export async function notifyScene(options: SceneOptions): Promise<NotifyScene> {
  const scene = await openScene(options.folder, options);
  await scene.notifier.start();
  await scene.settle();
  return scene;
}

/** Opens a scene whose notifier is still to be started. */
export async function openScene(
  folder: string,
  options: Omit<SceneOptions, 'folder'>,
): Promise<NotifyScene> {
  let now = options.start ?? START;
  const clock = options.clock ?? ((): number => now);
  const log = options.log ?? (await openMemorySequencer({ clock }));
  const recorder = new Recorder({ sequencer: log });
  const file = join(folder, 'outbox.db');
  const opened = openOutbox(file);
  const outbox = options.around?.(opened) ?? opened;
  const asks: FoundAsk[] = [];
  const glass: ShownGlass[] = [];
  const failures: unknown[] = [];
  const votes: (CastVote & Recognised)[] = [];
  const write = makeWriteEntry({ recorder, clock });
  const rules = rulesFor(
    options.channels.map(({ channel }) => channel.name),
    options.rules,
  );
  const needs = { outbox, rules, origin: 'log.example/agents', clock, write };
  const notifier = new Notifier({
    ...needs,
    channels: options.channels.map(({ channel }) => channel),
    sequencer: log,
    asks: { list: () => asks, find: (id) => asks.find(({ ask }) => ask.id === id) },
    breakGlass: { list: () => glass },
    voteFrom: (vote, from) => {
      votes.push({ ...vote, ...from });
      return Promise.resolve(refused('conflict', 'nobody counts here'));
    },
    random: () => 0.5,
    failed: (cause) => failures.push(cause),
  });
  const settle = async (): Promise<void> => {
    await notifier.caughtUp();
    await notifier.tick();
    await notifier.settle();
    await notifier.caughtUp();
  };
  return {
    log,
    outbox,
    notifier,
    notices: makeNotices({
      ...needs,
      notifier,
      problemOf: () => null,
      slack: nobody,
      serviceNow: () => refused('not-found', 'nobody is called back'),
    }),
    asks,
    glass,
    failures,
    votes,
    now: clock,
    write: async (kind, open, { agent = null, session = null } = {}) => {
      const whole = { kind, agent, session, open, at: clock(), secret: null, subject: null };
      const appended = recorder.record(whole);
      await appended.durable;
      return appended.index;
    },
    pass: async (ms, stepMs = 1_000) => {
      for (const end = now + ms; now < end;) {
        now = Math.min(end, now + stepMs);
        await settle();
      }
    },
    settle,
    abandon: async () => {
      opened.close();
      await notifier.close().catch(() => undefined);
    },
    close: async () => {
      await notifier.close();
      opened.close();
    },
  };
}

/** The open part of a halt. */
export function haltOpen(id: string, part: JsonObject = {}): JsonObject {
  return { scope: 'agent', target: '*', epoch: 1, reason: 'it paid twice', by: 'k1', id, ...part };
}
