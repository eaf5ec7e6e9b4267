import type { ChannelConfig } from '../config/notify.ts';
import type { Channel } from './channel.ts';
import { type ChannelNeeds, webhookChannel } from './channels/webhook.ts';

/** Returns the channel of a configuration. */
export function makeChannel(name: string, config: ChannelConfig, needs: ChannelNeeds): Channel {
  switch (config.kind) {
    case 'webhook':
      return webhookChannel(name, config, needs);
  }
}
