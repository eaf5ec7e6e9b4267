import { isJsonObject } from '@plumbline/core';
import type { DaemonClient } from '@plumbline/server/source/client/daemon-client';

import { textAt } from '../bench-daemon.ts';
import type { FrameClient } from '../frame-client.ts';

/** What is looked at beside the filled log. */
export type Scene = {
  /** An agent with tools and a long session, in which entries go on coming in. */
  readonly agent: string;
  readonly longSession: string;
  /** One of those about whose actions people are asked. */
  readonly askedAgent: string;
};

/** How much of each there is to be. */
export type SceneSizes = {
  readonly halts: number;
  readonly asks: number;
  readonly tools: number;
  readonly turns: number;
};

type Asking = { readonly client: DaemonClient; readonly frames: FrameClient };

const AGENT = 'agent-1';
const FIRST_HALTED = 100;
const ASKS_OF_AN_AGENT = 25;
const AT_ONCE = 32;

/**
 * Adds to a filled log what fills the other pages: halts in force, actions that wait for people,
 * definitions of tools, and one long session. What an earlier run left is counted in.
 */
export async function makeScene(asking: Asking, sizes: SceneSizes): Promise<Scene> {
  await makeHalts(asking, sizes.halts);
  await makeAsks(asking, sizes.asks);
  const longSession = await openBare(asking.frames, AGENT);
  await offerTools(asking, longSession, sizes.tools);
  await inTurn(sizes.turns, (turn) => liveTurn(asking.frames, { session: longSession, turn }));
  return { agent: AGENT, longSession, askedAgent: askerOf(0) };
}

/** Opens a session with nothing said of it. */
export async function openBare(frames: FrameClient, agent: string): Promise<string> {
  const opening = { agent, principal: 'p@example.com', task: null, attributes: {} };
  return textAt(await frames.ask('open', opening), 'session');
}

/** Lets an agent live through one turn: what was asked, the decision, the outcome. */
export async function liveTurn(
  frames: FrameClient,
  { agent = AGENT, session, turn }: { agent?: string; session: string; turn: number },
): Promise<void> {
  const text = `please see to paper ${turn} of the heap`;
  await frames.ask('message', { agent, session, from: 'untrusted', text });
  const action = { agent, session, request: `b${turn}`, tool: `desk.tool_${turn % 25}` };
  const args = { paper: `p-${turn}`, sum: turn % 20 === 0 ? 5_000 : turn % 900 };
  const decided = await frames.ask('decide', { ...action, args });
  const permit: unknown = Reflect.get(Object(decided), 'permit');
  if (permit === null || permit === undefined) return;
  await frames.ask('redeem', { agent, token: textAt(permit, 'token') });
  const decision = textAt(decided, 'decision');
  await frames.ask('outcome', { agent, session, decision, status: 'ok', result: { is: 'filed' } });
}

async function makeHalts({ client }: Asking, wanted: number): Promise<void> {
  const missing = wanted - (await rowsAt(client, '/api/v1/halts'));
  await inTurn(missing, async (each) => {
    const path = `/api/v1/agents/agent-${FIRST_HALTED + each}/halt`;
    const body = { scope: 'agent', reason: `the papers of desk ${each} look wrong` };
    await client.ask({ method: 'POST', path, body });
  });
}

async function makeAsks({ client, frames }: Asking, wanted: number): Promise<void> {
  const missing =
    wanted - (await rowsAt(client, '/api/v1/approvals?state=pending&kind=action&limit=500'));
  const agents = Math.ceil(missing / ASKS_OF_AN_AGENT);
  for (let each = 0; each < agents; each += 1) {
    const agent = askerOf(each);
    await armAsker(client, agent);
    await inTurn(ASKS_OF_AN_AGENT, async (place) => {
      const session = await openBare(frames, agent);
      const args = { paper: `p-${place}`, sum: place };
      await frames.ask('decide', { agent, session, request: 'r', tool: 'desk.pay', args });
    });
  }
}

const askerOf = (each: number): string => `asker-${each}`;

async function armAsker(client: DaemonClient, agent: string): Promise<void> {
  const known = await client.ask({ method: 'GET', path: '/api/v1/agents' });
  if (JSON.stringify(known).includes(`"${agent}"`)) return;
  await client.ask({ method: 'POST', path: '/api/v1/agents', body: { agent } });
  const pact = [
    'pact: plumbline/v1',
    `agent: ${agent}`,
    'purpose: Pay what the desk owes.',
    'owner: desk@example.com',
    'autonomy: 2',
    'tools:',
    '  desk.pay: { effect: write, category: desk, reversible: no }',
    'approvers: [role:lead]',
    'allow:',
    '  - { id: work, tool: desk.pay }',
    'step_up:',
    '  - { id: ask, tool: desk.pay, when: args.sum >= 0, within: 24h, quorum: 1 }',
    '',
  ].join('\n');
  const files = { 'a.pact.yaml': pact };
  const body = { entry: 'a.pact.yaml', files, mode: 'publish', reason: 'to measure' };
  await client.ask({ method: 'POST', path: `/api/v1/agents/${agent}/pacts`, body });
}

async function offerTools(
  { client, frames }: Asking,
  session: string,
  wanted: number,
): Promise<void> {
  if ((await rowsAt(client, `/api/v1/agents/${AGENT}/tools`)) >= wanted) return;
  const tools = Array.from({ length: wanted }, (_, each) => ({
    tool: `desk.tool_${each}`,
    definition: { name: `tool_${each}`, inputSchema: { type: 'object' } },
  }));
  await frames.ask('offer', { agent: AGENT, session, server: 'desk', tools });
}

async function rowsAt(client: DaemonClient, path: string): Promise<number> {
  const answer = await client.ask({ method: 'GET', path });
  const rows: unknown = isJsonObject(answer) ? Reflect.get(answer, 'rows') : null;
  return Array.isArray(rows) ? rows.length : 0;
}

/** Does something so many times, some of them at once. */
async function inTurn(times: number, once: (each: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < times; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, times - from);
    await Promise.all(Array.from({ length }, (_, offset) => once(from + offset)));
  }
}
