import type { ChannelConfig } from '../config/notify.ts';
import type { Channel } from './channel.ts';
import type { ChannelNeeds } from './channel-needs.ts';
import { pagerDutyChannel } from './channels/pagerduty.ts';
import { serviceNowChannel } from './channels/servicenow.ts';
import { slackChannel, slackWebhookChannel } from './channels/slack.ts';
import { smtpChannel } from './channels/smtp.ts';
import { webhookChannel } from './channels/webhook.ts';

/** Returns the channel of a configuration. */
export function makeChannel(name: string, config: ChannelConfig, needs: ChannelNeeds): Channel {
  switch (config.kind) {
    case 'webhook':
      return webhookChannel(name, config, needs);
    case 'smtp':
      return smtpChannel(name, config, needs);
    case 'slack':
      return slackChannel(name, config, needs);
    case 'slack-webhook':
      return slackWebhookChannel(name, config, needs);
    case 'servicenow':
      return serviceNowChannel(name, config, needs);
    case 'pagerduty':
      return pagerDutyChannel(name, config, needs);
  }
}
