import type { CompiledPact } from '@plumbline/core';

import { decideAction } from './decide-action.ts';
import type { Desk } from './desk.ts';
import type { Answer, Outcome } from './guard.ts';
import { makeId } from './ids.ts';
import { freshAgent, type LiveAgent } from './live-agent.ts';
import { probeOf } from './probe.ts';
import { done, refuse } from './refusal.ts';
import { closeSession, openSession } from './sessions.ts';
import { durably, momentOf, recordEvent, recordNote } from './turn.ts';

/** An action that a pact must refuse, and the rule that must say so. */
type Probe = { readonly tool: string; readonly rule: string };

const PRINCIPAL = 'plumbline self-test';

/**
 * Proves that a pact refuses, by forbidden actions that go through `decide` like any other: a
 * state and chains of their own, entries in the same log. Each is recorded as `self_test`.
 *
 * Errors: `self-test-failed` when one was not refused for its reason.
 */
export async function selfTest(
  desk: Desk,
  live: LiveAgent,
  pact: CompiledPact,
): Promise<Outcome<undefined>> {
  const agent = probeOf(live.agent);
  const probing = desk.agents.get(agent) ?? freshAgent(agent, desk.parts.clocks);
  desk.agents.set(agent, probing);
  probing.pact = pact;
  try {
    const armed = await durably(desk, () => {
      const at = momentOf(desk, probing);
      const event = { kind: 'armed', at, pact: pact.digest } as const;
      return done(recordEvent(desk, probing, { event }));
    });
    if (!armed.ok) return armed;
    for (const probe of probesOf(desk, pact)) {
      const tried = await tryProbe(desk, live, { agent, probe, pact });
      if (!tried.ok) return tried;
    }
    return done(undefined);
  } finally {
    probing.pact = null;
  }
}

// What no layer declares is unlisted in every layer, whatever its rules' globs match.
function probesOf({ random }: Desk, pact: CompiledPact): readonly Probe[] {
  const unlisted = { tool: makeId('prm', 0, random).replace('prm_', 'probe.'), rule: 'unlisted' };
  const rules = pact.layers.flatMap(({ rulesFor }) => {
    return [...pact.tools.keys()].flatMap((tool) => {
      const excludes = rulesFor(tool).exclude.filter(({ mode, when, unless }) => {
        return mode === 'enforce' && when === null && unless === null;
      });
      return excludes.map(({ id }) => ({ tool, rule: id }));
    });
  });
  return [unlisted, ...rules.slice(0, 1)];
}

async function tryProbe(
  desk: Desk,
  live: LiveAgent,
  { agent, probe, pact }: { agent: string; probe: Probe; pact: CompiledPact },
): Promise<Outcome<undefined>> {
  const attested = { principal: PRINCIPAL, task: null, room: null, attributes: {}, name: null };
  const opened = await openSession(desk, { agent, ...attested, subject: null, openedBy: 'local' });
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const { tool, rule } = probe;
  const answer = await decideAction(desk, { agent, session, request: 'probe', tool, args: {} });
  if (!answer.ok) return answer;
  const closed = await closeSession(desk, { agent, session });
  if (!closed.ok) return closed;
  const isPassed = answer.value.verdict === 'deny' && answer.value.rules.includes(rule);
  const noted = await noteTest(desk, live, { tool, pact, isPassed, answer: answer.value });
  if (!noted.ok || isPassed) return noted;
  const why = `\`${tool}\` was to be refused by \`${rule}\` and is ${answer.value.verdict}`;
  return refuse('self-test-failed', `the pact was not armed: ${why}`);
}

async function noteTest(
  desk: Desk,
  live: LiveAgent,
  {
    tool,
    pact,
    isPassed,
    answer,
  }: {
    readonly tool: string;
    readonly pact: CompiledPact;
    readonly isPassed: boolean;
    readonly answer: Answer;
  },
): Promise<Outcome<undefined>> {
  const { decision, verdict } = answer;
  const open = { pact: pact.digest, decision, tool, verdict, passed: isPassed };
  const noted = await durably(desk, () => {
    return done(recordNote(desk, live, { kind: 'self_test', open }));
  });
  return noted.ok ? done(undefined) : noted;
}
