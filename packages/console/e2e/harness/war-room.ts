import type { TestDaemon } from './daemon.ts';
import { addKey, post, textAt } from './desk.ts';

const PACT = `
pact: plumbline/v1
agent: AGENT
purpose: Answer customers and pay them back.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders, trust: trusted }
  mail.read: { effect: read, category: mail, trust: untrusted }
  refunds.pay: { effect: write, category: money, money: amount, reversible: partly }
approvers: [role:lead]
allow:
  - { id: read, tool: [orders.get, mail.read] }
  - { id: refund, tool: refunds.pay }
step_up:
  - id: money-back
    tool: refunds.pay
    when: money(args.amount) > money("LIMIT")
    within: 15m
    quorum: 2
`;

/** An account that a stranger wrote into a mail, beside what must never become markup. */
export const ACCOUNT = 'DE89 3704 0044 0532 0130 00';

/** What an agent asks for, and what comes back where it is let through. */
export type Action = {
  readonly tool: string;
  readonly args: object;
  readonly result?: unknown;
};

/** An agent of a test's own on a daemon, with sessions in rooms. */
export type WarRoom = {
  readonly agent: string;
  readonly open: (room: string) => Promise<string>;
  readonly say: (session: string, text: string) => Promise<void>;
  /** Has the agent ask for an action, and do it where it is let through. */
  readonly act: (session: string, action: Action) => Promise<string>;
  readonly vote: (who: 'lena' | 'omar', ask: string, outcome: 'approve' | 'deny') => Promise<void>;
  readonly halt: (room: string, reason: string) => Promise<void>;
  readonly resume: (room: string, reason: string) => Promise<void>;
  /** Publishes the pact anew, asking people from another amount on. */
  readonly askFrom: (limit: string) => Promise<void>;
};

/** Sets an agent up: two people may approve its larger refunds. */
export async function openWarRoom(daemon: TestDaemon, agent: string): Promise<WarRoom> {
  const path = `/api/v1/agents/${agent}`;
  await daemon.ask('POST', '/api/v1/agents', { agent });
  const askFrom = async (limit: string): Promise<void> => {
    const text = PACT.replace('AGENT', agent).replace('LIMIT', limit);
    await daemon.ask('POST', `${path}/pacts`, {
      entry: 'a.pact.yaml',
      files: { 'a.pact.yaml': text },
      mode: 'publish',
      reason: `ask from ${limit} on`,
      signatures: [],
    });
  };
  await askFrom('20.00');
  const keyOf = (body: object): Promise<string> => addKey(daemon, body);
  const person = async (name: string): Promise<string> => {
    const email = `${name}.${agent}@example.com`;
    return keyOf({ kind: 'person', name, email, roles: ['approver'], groups: ['lead'] });
  };
  const people = { lena: await person('lena'), omar: await person('omar') };
  const opener = { daemon, key: await keyOf({ kind: 'opener', name: 'shop', agents: [agent] }) };
  const acting = { daemon, key: await keyOf({ kind: 'agent', name: agent, agents: [agent] }) };
  let requests = 0;
  return {
    agent,
    open: async (room) => {
      const opening = { principal: 'emma', room, attributes: { customer_id: 'c-1' } };
      return textAt(await post(opener, `${path}/sessions`, opening), 'session');
    },
    say: async (session, text) => {
      await post(opener, `${path}/sessions/${session}/messages`, { from: 'principal', text });
    },
    act: async (session, { tool, args, result = null }) => {
      requests += 1;
      const asked = { session, request: `r${requests}`, tool, args };
      const said = await post(acting, `${path}/actions/decide`, asked);
      const permit: unknown = Reflect.get(Object(said), 'permit');
      const decision = textAt(said, 'decision');
      if (typeof permit !== 'object' || permit === null) return decision;
      await post(acting, `${path}/permits/redeem`, { token: textAt(permit, 'token') });
      const outcome = { session, decision, status: 'ok', result, records: null };
      await post(acting, `${path}/outcomes`, outcome);
      return decision;
    },
    vote: async (who, ask, outcome) => {
      const word = { outcome, reason: `${who} looked at the order` };
      await post({ daemon, key: people[who] }, `/api/v1/approvals/${ask}/votes`, word);
    },
    halt: async (target, reason) => {
      await daemon.ask('POST', `${path}/halt`, { scope: 'room', target, reason });
    },
    resume: async (target, reason) => {
      await daemon.ask('POST', `${path}/resume`, { scope: 'room', target, reason });
    },
    askFrom,
  };
}
