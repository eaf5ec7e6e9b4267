import type { TestDaemon } from './daemon.ts';
import { addKey, post, textAt } from './desk.ts';

/** An agent of a test's own, with what opens its sessions and what acts for it. */
export type TestAgent = {
  readonly daemon: TestDaemon;
  readonly agent: string;
  readonly open: () => Promise<string>;
  /** The agent asks for something; returns what the daemon answers. */
  readonly decide: (session: string, tool: string, args?: object) => Promise<unknown>;
  /** Asks below the agent's own path, as the agent. */
  readonly act: (path: string, body: object) => Promise<unknown>;
};

/** Adds an agent with a pact. */
export async function openAgent(
  daemon: TestDaemon,
  agent: string,
  pact: string,
): Promise<TestAgent> {
  await daemon.ask('POST', '/api/v1/agents', { agent });
  await publishPact(daemon, agent, { text: pact });
  const path = `/api/v1/agents/${agent}`;
  const [opener, acting] = await Promise.all([
    addKey(daemon, { kind: 'opener', name: `shop of ${agent}`, agents: [agent] }),
    addKey(daemon, { kind: 'agent', name: agent, agents: [agent] }),
  ]);
  const act = (below: string, body: object): Promise<unknown> =>
    post({ daemon, key: acting }, `${path}${below}`, body);
  let requests = 0;
  return {
    daemon,
    agent,
    act,
    open: async () => {
      const opening = { principal: `emma of ${agent}`, attributes: {} };
      return textAt(await post({ daemon, key: opener }, `${path}/sessions`, opening), 'session');
    },
    decide: (session, tool, args = {}) => {
      requests += 1;
      return act('/actions/decide', { session, request: `r${requests}`, tool, args });
    },
  };
}

/** Arms a pact from elsewhere than the console. */
export async function publishPact(
  daemon: TestDaemon,
  agent: string,
  { text, reason = 'the pact of the test' }: { readonly text: string; readonly reason?: string },
): Promise<void> {
  const files = { 'a.pact.yaml': text };
  const proposal = { entry: 'a.pact.yaml', files, mode: 'publish', reason };
  await daemon.ask('POST', `/api/v1/agents/${agent}/pacts`, proposal);
}

/** Adds somebody who approves, and is of the group `lead`. */
export async function addLead(daemon: TestDaemon, email: string): Promise<void> {
  const name = email.split('@')[0] ?? email;
  await addKey(daemon, { kind: 'person', name, email, roles: ['approver'], groups: ['lead'] });
}
