import type { Severity } from '../config/notify.ts';
import type { Served, Recorded } from '../services/services.ts';
import type { MessageState } from '../store/outbox.ts';
import type { Phase } from './notice.ts';
import type { ServiceNowWord, SignedWord } from './servicenow-word.ts';
import type { SignedForm, SlackPress } from './slack-press.ts';

/** A channel as it is shown. Times are ms UTC. */
export type ChannelView = {
  readonly name: string;
  readonly kind: string;
  readonly waiting: number;
  readonly dead: number;
  readonly delivered: number;
  /** How many attempts failed in a row, and when the next is made; null: at once. */
  readonly failures: number;
  readonly dueAt: number | null;
  /** What keeps it from working, such as a secret that cannot be read; null: nothing known. */
  readonly problem: string | null;
};

/** A message as it is shown. */
export type MessageView = {
  readonly key: string;
  readonly channel: string;
  readonly state: MessageState;
  readonly event: string;
  readonly severity: Severity;
  readonly phase: Phase | null;
  readonly title: string;
  readonly entry: number | null;
  readonly at: number;
  readonly attempts: number;
  readonly fault: string | null;
  readonly endedAt: number | null;
};

/** An incident of which a word was promised. */
export type IncidentView = {
  readonly id: string;
  readonly title: string;
  readonly agent: string | null;
  readonly severity: string;
  readonly at: number;
  readonly dueAt: number;
  readonly keptAt: number | null;
  readonly isLate: boolean;
  /** When each channel took the first notice; null where it has not. */
  readonly first: readonly { readonly channel: string; readonly at: number | null }[];
  /** Whether it reached some channel late, or has not while it should have. */
  readonly isFirstLate: boolean;
  /** The entry people were told of; null where it is none, or no message of it is kept. */
  readonly entry: number | null;
};

/** A person's word on an incident. */
export type IncidentWord = {
  readonly incident: string;
  readonly text: string;
  /** When the next is promised, in minutes from now; null: it was the last. */
  readonly nextMinutes: number | null;
};

/** Which messages are listed. */
export type MessageFilter = {
  readonly state?: MessageState | undefined;
  readonly channel?: string | undefined;
  readonly limit: number;
};

/**
 * How people are told, and what became of it.
 *
 * Contract:
 * - `test` sends one message by the way all go, and answers when its first attempt ended.
 * - `retry` has dead letters wait again: `not-found` for a key that is none.
 * - `say` tells everybody who was told of the incident: `not-found` for one that is none.
 * - What resolves with `ok: true` and records is durable.
 */
export type Notices = {
  readonly channels: () => readonly ChannelView[];
  readonly messages: (filter: MessageFilter) => readonly MessageView[];
  readonly incidents: () => readonly IncidentView[];
  readonly test: (channel: string) => Promise<Served<MessageView>>;
  readonly retry: (key: string | null, by: string) => Promise<Served<{ readonly retried: number }>>;
  readonly say: (word: IncidentWord, by: string) => Promise<Served<Recorded>>;
  /** Reads a button that somebody pressed: `forbidden` unless Slack signed it just now. */
  readonly slack: (channel: string, signed: SignedForm) => Served<SlackPress>;
  /** Reads a word that an instance calls back with: `forbidden` unless it signed it just now. */
  readonly serviceNow: (channel: string, signed: SignedWord) => Served<ServiceNowWord>;
  /** What waits for people: dead letters, late words, channels that do not work. */
  readonly attention: () => readonly string[];
};
