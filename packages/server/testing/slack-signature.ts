import { createHmac } from 'node:crypto';

/** What a request of Slack is signed with, and over. `stamp` is in seconds. */
export type SlackSigned = {
  readonly secret: string;
  readonly stamp: number;
  readonly body: string;
};

/** Returns the headers of a request that Slack signed. Source: Slack, "Verifying requests". */
export function slackHeaders({
  secret,
  stamp,
  body,
}: SlackSigned): Readonly<Record<'x-slack-signature' | 'x-slack-request-timestamp', string>> {
  const mac = createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex');
  return { 'x-slack-signature': `v0=${mac}`, 'x-slack-request-timestamp': `${stamp}` };
}
