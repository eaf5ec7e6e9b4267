import type { TestDaemon } from './daemon.ts';
import { ownDaemon } from './world.ts';

const PACT = `
pact: plumbline/v1
agent: AGENT
purpose: Answer customers and pay them back.
owner: desk@example.com
autonomy: 2
session: { customer_id: string }
tools:
  orders.get: { effect: read, category: orders }
  refunds.pay:
    { effect: write, category: money, money: amount, reversible: partly, undo: refunds.take }
  refunds.take: { effect: write, category: money, reversible: no }
approvers: [role:lead]
allow:
  - { id: read, tool: orders.get }
  - { id: refund, tool: [refunds.pay, refunds.take]BOUNDS }
step_up:
  - id: money-back
    tool: refunds.pay
    when: money(args.amount) > money("20.00")
    within: WITHIN
    quorum: QUORUM
`;

/** The people of a desk: each signs in by their address. */
export const LENA = 'lena@example.com';
export const OMAR = 'omar@example.com';

/** A daemon with an agent whose larger refunds people are asked about. */
export type Desk = {
  readonly daemon: TestDaemon;
  readonly agent: string;
  /** The agent asks for a refund in a session of its own; returns the id of what waits. */
  readonly askRefund: (args?: Readonly<Record<string, string>>) => Promise<string>;
  /** The agent makes a refund nobody is asked about, in a session of its own; returns that. */
  readonly payRefund: () => Promise<string>;
  readonly close: (session: string) => Promise<void>;
  /** One person votes from elsewhere than the console. */
  readonly vote: (who: string, ask: string, outcome: 'approve' | 'deny') => Promise<void>;
};

export type DeskLook = {
  readonly agent?: string;
  readonly within?: string;
  readonly quorum?: number;
  /** Limits and budgets of refunds, as members of their rule. */
  readonly bounds?: string;
  readonly settings?: Readonly<Record<string, string>>;
};

type Person = { readonly name: string; readonly token: string };

/** Opens a desk on a daemon of its own. */
export async function openDesk(look: DeskLook = {}): Promise<Desk> {
  const { agent = 'support', within = '15m', quorum = 1, bounds, settings = {} } = look;
  const daemon = await ownDaemon(settings);
  await daemon.ask('POST', '/api/v1/agents', { agent });
  const text = PACT.replace('AGENT', agent)
    .replace('BOUNDS', bounds === undefined ? '' : `, ${bounds}`)
    .replace('WITHIN', within)
    .replace('QUORUM', String(quorum));
  await daemon.ask('POST', `/api/v1/agents/${agent}/pacts`, {
    entry: 'a.pact.yaml',
    files: { 'a.pact.yaml': text },
    mode: 'publish',
    reason: 'the pact of the desk',
    signatures: [],
  });
  const people = [await addPerson(daemon, LENA), await addPerson(daemon, OMAR)];
  const opener = {
    daemon,
    key: await addKey(daemon, { kind: 'opener', name: 'shop', agents: [agent] }),
  };
  const acting = {
    daemon,
    key: await addKey(daemon, { kind: 'agent', name: agent, agents: [agent] }),
  };
  const path = `/api/v1/agents/${agent}`;
  const open = async (): Promise<string> => {
    const opening = { principal: 'emma', attributes: { customer_id: 'c-1' } };
    const session = textAt(await post(opener, `${path}/sessions`, opening), 'session');
    const said = { from: 'principal', text: 'please pay me back for order A-1042' };
    await post(opener, `${path}/sessions/${session}/messages`, said);
    return session;
  };
  const decide = (session: string, args: object): Promise<unknown> => {
    const action = { session, request: 'r1', tool: 'refunds.pay', args };
    return post(acting, `${path}/actions/decide`, action);
  };
  return {
    daemon,
    agent,
    askRefund: async (args = { order: 'A-1042', amount: '35.00' }) =>
      textAt(await decide(await open(), args), 'approval'),
    payRefund: async () => {
      const session = await open();
      const said = await decide(session, { order: 'A-1042', amount: '5.00' });
      const token = textAt(Reflect.get(Object(said), 'permit'), 'token');
      await post(acting, `${path}/permits/redeem`, { token });
      const decision = textAt(said, 'decision');
      const outcome = { session, decision, status: 'ok', result: null, records: null };
      await post(acting, `${path}/outcomes`, outcome);
      return session;
    },
    close: async (session) => void (await post(opener, `${path}/sessions/${session}/close`)),
    vote: async (who, ask, outcome) => {
      const key = people.find(({ name }) => name === who)?.token ?? '';
      const word = { outcome, reason: `${who.split('@')[0] ?? who} looked at the order` };
      await post({ daemon, key }, `/api/v1/approvals/${ask}/votes`, word);
    },
  };
}

async function addPerson(daemon: TestDaemon, email: string): Promise<Person> {
  const name = email.split('@')[0] ?? email;
  const person = { kind: 'person', name, email, roles: ['approver'], groups: ['lead'] };
  return { name: email, token: await addKey(daemon, person) };
}

/** Makes a key and returns its token. */
export async function addKey(daemon: TestDaemon, body: object): Promise<string> {
  return textAt(await daemon.ask('POST', '/api/v1/keys', body), 'token');
}

/** Whose key asks. */
export type Sending = { readonly daemon: TestDaemon; readonly key: string };

/** Asks the API with a key. */
export async function post(
  { daemon, key }: Sending,
  path: string,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`${daemon.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
  return said;
}

/** A member of an answer that is text. */
export function textAt(value: unknown, name: string): string {
  const member: unknown = Reflect.get(Object(value), name);
  if (typeof member !== 'string') throw new Error(`no ${name}: ${JSON.stringify(value)}`);
  return member;
}
