import { textAt } from './bench-daemon.ts';
import type { Enforcement } from './calls.ts';
import type { FrameClient } from './frame-client.ts';
import type { HttpLoad } from './http-load.ts';
import { OPENING } from './workload.ts';

/** Keys to ask with: the opener's, and that of each agent. Null: none is needed. */
export type Keys = { readonly opener: string; readonly agents: ReadonlyMap<string, string> } | null;

/** Returns a daemon that is asked over HTTP. */
export function overHttp(load: HttpLoad, keys: Keys): Enforcement {
  const at = (agent: string, path: string): string => `/api/v1/agents/${agent}/${path}`;
  const keyOf = (agent: string): string | null => keys?.agents.get(agent) ?? null;
  const opener = keys?.opener ?? null;
  return {
    open: async (agent, principal) => {
      const { task, attributes } = OPENING;
      const body = { principal, task, attributes };
      return textAt(await load.post(at(agent, 'sessions'), body, opener), 'session');
    },
    close: ({ agent, session }) => load.post(at(agent, `sessions/${session}/close`), null, opener),
    decide: async ({ agent, ...body }) =>
      letThrough(await load.post(at(agent, 'actions/decide'), body, keyOf(agent))),
    redeem: ({ agent, token }) => load.post(at(agent, 'permits/redeem'), { token }, keyOf(agent)),
    outcome: ({ agent, ...body }) => load.post(at(agent, 'outcomes'), body, keyOf(agent)),
  };
}

/** Returns a daemon that is asked by frames over its socket. */
export function overFrames(clients: readonly FrameClient[]): Enforcement {
  let turn = 0;
  const ask = (op: string, members: object): Promise<unknown> => {
    turn = (turn + 1) % clients.length;
    const client = clients[turn];
    if (client === undefined) throw new Error('no connection');
    return client.ask(op, members);
  };
  return {
    open: async (agent, principal) => {
      const { task, attributes } = OPENING;
      return textAt(await ask('open', { agent, principal, task, attributes }), 'session');
    },
    close: (of) => ask('close', of),
    decide: async (action) => letThrough(await ask('decide', action)),
    redeem: (permit) => ask('redeem', permit),
    outcome: (report) => ask('outcome', report),
  };
}

function letThrough(answer: unknown): { readonly decision: string; readonly token: string } {
  const permit: unknown = Reflect.get(Object(answer), 'permit');
  return { decision: textAt(answer, 'decision'), token: textAt(permit, 'token') };
}
