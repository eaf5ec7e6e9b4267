import type { Channel, Sent } from '../../src/notify/channel.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One attempt at a message, as the channel was asked for it. */
export type Attempt = {
  readonly life: number;
  readonly channel: string;
  readonly key: string;
  readonly event: string;
  readonly index: number | null;
  readonly thread: string;
  readonly at: number;
  readonly beganAt: number;
  sent: Sent | null;
};

/** Returns a channel that writes down each attempt before it is made and what became of it. */
export function watched(
  channel: Channel,
  {
    time,
    life,
    began,
  }: {
    readonly time: VirtualTime;
    readonly life: number;
    readonly began: (attempt: Attempt) => void;
  },
): Channel {
  return {
    ...channel,
    send: async (message, signal) => {
      const { event, index, thread, at } = message.notice;
      const { key } = message;
      const what = { event, index, thread, at };
      const one = { life, channel: channel.name, key, ...what, beganAt: time.now };
      const attempt: Attempt = { ...one, sent: null };
      began(attempt);
      attempt.sent = await channel.send(message, signal);
      return attempt.sent;
    },
  };
}
