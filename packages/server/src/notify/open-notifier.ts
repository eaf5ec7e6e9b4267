import type { ChannelConfig, NotifyRules } from '../config/notify.ts';
import type { Outbox } from '../store/outbox.ts';
import type { ChannelNeeds } from './channel-needs.ts';
import { makeChannel } from './make-channel.ts';
import { makeNotices, noNotices } from './make-notices.ts';
import type { Notices } from './notices.ts';
import { makeServiceNowWords } from './servicenow-word.ts';
import { makeSlackPresses } from './slack-press.ts';
import { Notifier, type NotifierNeeds } from './notifier.ts';

/** What telling people takes. */
export type TellingNeeds = Omit<NotifierNeeds, 'channels' | 'outbox'> &
  ChannelNeeds & {
    /** Opens the outbox; asked only where a channel is configured. */
    readonly openOutbox: () => Outbox;
  };

/** What tells people, its service, and its end. */
export type Telling = {
  readonly notifier: Notifier | null;
  readonly notices: Notices;
  readonly close: () => Promise<void>;
};

/** Returns what tells people; nothing is told before it is started. Errors: `StoreError`. */
export function openTelling({ openOutbox, ...needs }: TellingNeeds): Telling {
  const { rules, origin, clock, write } = needs;
  const configs = Object.entries(rules.channels);
  if (configs.length === 0) {
    return { notifier: null, notices: noNotices(), close: () => Promise.resolve() };
  }
  const outbox = openOutbox();
  const channels = configs.map(([name, config]) => makeChannel(name, config, needs));
  const notifier = new Notifier({ ...needs, outbox, channels });
  const problemOf = (name: string): string | null => problemIn(rules, name, needs);
  const slack = makeSlackPresses(needs);
  const serviceNow = makeServiceNowWords(needs);
  const told = { outbox, rules, origin, clock, write, notifier };
  const notices = makeNotices({ ...told, problemOf, slack, serviceNow });
  const close = async (): Promise<void> => {
    await notifier.close();
    outbox.close();
  };
  return { notifier, notices, close };
}

function problemIn(
  { channels }: NotifyRules,
  name: string,
  { readSecret }: Pick<ChannelNeeds, 'readSecret'>,
): string | null {
  const config: ChannelConfig | undefined = channels[name];
  const source = config?.secret ?? null;
  const read = source === null ? undefined : readSecret(source);
  return read?.ok === false ? read.why : null;
}
