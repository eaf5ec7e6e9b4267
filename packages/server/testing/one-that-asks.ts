import type { DaemonClient } from '../src/client/daemon-client.ts';
import { post, text } from './ask-daemon.ts';

const PACT = `pact: plumbline/v1
agent: refunds
purpose: Pay refunds.
owner: desk@example.com
autonomy: 2
tools:
  refunds.pay: { effect: write }
allow:
  - { id: pay, tool: refunds.pay }
step_up:
  - { id: asks, tool: refunds.pay, approvers: [lena@example.com], within: 10m, say: a person pays }
`;

/** An action that waits for a person once it is asked for. */
export type AskedAction = {
  readonly session: string;
  readonly request: string;
  readonly tool: string;
  readonly args: { readonly amount: string };
};

/** Adds the agent `refunds`, whose payments lena@example.com is asked about; returns one. */
export async function oneThatAsks(client: DaemonClient): Promise<AskedAction> {
  await post(client, 'agents', { agent: 'refunds' });
  const files = { 'refunds.pact.yaml': PACT };
  const proposal = { entry: 'refunds.pact.yaml', files, mode: 'publish', reason: 'a test' };
  await post(client, 'agents/refunds/pacts', proposal);
  const opened = await post(client, 'agents/refunds/sessions', { principal: 'emma@example.com' });
  const session = text(opened['session']);
  return { session, request: 'r-1', tool: 'refunds.pay', args: { amount: '5' } };
}
