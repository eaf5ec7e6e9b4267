import type { Json } from '@plumbline/core';

import type { Guard, Outcome, Stopped } from '../../guard/guard.ts';
import type { Enforcement, Offered, Said } from './enforcement.ts';

/** An enforcement point inside the daemon, for one session. */
export type GuardEnforcement = Enforcement & { readonly close: () => void };

/** What says which definitions of tools may be shown. */
export type Offers = (offer: {
  readonly agent: string;
  readonly session: string;
  readonly server: string;
  readonly tools: readonly { readonly tool: string; readonly definition: Json }[];
}) => Promise<
  | { readonly ok: true; readonly value: Offered }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }
>;

type Needs = { readonly guard: Guard; readonly offers: Offers };

type Flight = { readonly tool: string; readonly controller: AbortController };

/** Returns an enforcement point that asks the guard itself. */
export function guardEnforcement(
  { guard, offers }: Needs,
  of: { readonly agent: string; readonly session: string },
): GuardEnforcement {
  const { agent } = of;
  const flights = new Map<string, Flight>();
  const tools = new Map<string, string>();
  const stopTelling = guard.onHalt((stopped) => {
    for (const { tool, controller } of flights.values()) {
      if (covers(stopped, { ...of, tool })) controller.abort();
    }
  });
  return {
    decide: async (action) => {
      const said = saidBy(await guard.decide({ ...of, ...action }));
      // What is let through is reported, and forgotten then; nothing else is.
      if (said.ok && said.value.permit !== null) tools.set(said.value.decision, action.tool);
      return said;
    },
    forward: async ({ decision, permit }, send) => {
      const redeemed = guard.redeem({ agent, token: permit?.token ?? '' });
      if (!redeemed.ok) return saidBy(redeemed);
      const controller = new AbortController();
      flights.set(decision, { tool: tools.get(decision) ?? '', controller });
      // INVARIANT: nothing is waited for between redeeming and sending.
      send(redeemed.value.args, controller.signal);
      return DONE;
    },
    report: async ({ decision, status, result, isRunning = false }) => {
      const said = await guard.outcome({ ...of, decision, status, result, records: null });
      if (isRunning) return doneBy(said);
      flights.delete(decision);
      tools.delete(decision);
      return doneBy(said);
    },
    accessOf: ({ permit }) => {
      const seen = guard.inspect({ agent, token: permit?.token ?? '' });
      return seen.ok && seen.value.effect === 'read' ? 'read' : 'write';
    },
    isWaiting: async ({ tool, args }) => {
      const said = await guard.evaluate({ ...of, tool, args });
      const kind = said.ok ? said.value.decision.verdict.kind : null;
      return kind === 'step_up' || kind === 'defer';
    },
    offer: async (server, offered) => {
      const said = await offers({ ...of, server, tools: offered });
      return said.ok ? said : { ok: false, ...said.error };
    },
    refused: async (call) => doneBy(await guard.refusedCall({ ...of, ...call })),
    untrusted: async (text) => doneBy(await guard.message({ ...of, from: 'untrusted', text })),
    close: stopTelling,
  };
}

const DONE = { ok: true, value: null } as const;

function saidBy<T>(outcome: Outcome<T>): Said<T> {
  return outcome.ok ? outcome : { ok: false, ...outcome.error };
}

function doneBy(outcome: Outcome<unknown>): Said<null> {
  return outcome.ok ? DONE : { ok: false, ...outcome.error };
}

// A halt of rooms and tasks is taken for one of the session: which it is in is not known here.
function covers(
  { agent, scope, target }: Stopped,
  of: { readonly agent: string; readonly session: string; readonly tool: string },
): boolean {
  if (agent !== of.agent) return false;
  if (scope === 'session') return target === of.session;
  return scope === 'tool' ? target === of.tool : true;
}
