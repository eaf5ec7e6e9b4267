import type { AgentAnswer, AgentFacts } from '@plumbline/core';

import type { Assurance } from '../../data/agent-assurance.ts';
import type { FleetAgent } from '../../data/fleet.ts';
import { counted } from '../../ui/agent-state.ts';
import { spanText } from '../../ui/time-text.ts';

/** Returns what the daemon knows of an agent, as the five questions take it. */
export function factsOf(
  { leases }: Pick<FleetAgent, 'leases'>,
  { channels, decisions, drill, lastHaltMs, log, unfinished }: Assurance,
): Omit<AgentFacts, 'pact'> {
  return {
    paths: leases.map((name) => ({ name, governed: 'a lease' })),
    channels: channels ?? 0,
    lastHaltMs: lastHaltMs ?? drill?.last?.times?.effectiveMs ?? null,
    decisions: { ...decisions, unfinished },
    isWitnessed: log?.isWitnessed ?? false,
  };
}

/**
 * Returns the answers with what the daemon knows and a machine does not: where decisions are asked
 * for, what went around, how the last drill fared. What this person may not be told is not owed.
 */
export function sayMore(
  answers: readonly AgentAnswer[],
  agent: Pick<FleetAgent, 'bypasses' | 'leases'>,
  assurance: Assurance,
): readonly AgentAnswer[] {
  const [scope, enforcement, signals, halting, record] = answers;
  if (!scope || !enforcement || !signals || !halting || !record) return answers;
  return [
    scopeWords(scope),
    enforced(enforcement, agent),
    assurance.channels === null
      ? {
          ...signals,
          answer: `${signals.answer.split(';')[0] ?? ''}; who is told is not shown to you`,
          owed: null,
        }
      : signals,
    stopped(halting, assurance),
    assurance.log === null
      ? { ...record, answer: record.answer.split(';')[0] ?? '', owed: null }
      : record,
  ];
}

/** The digest has a place of its own on the page. */
function scopeWords(scope: AgentAnswer): AgentAnswer {
  return { ...scope, answer: scope.answer.replace(/ \(sha256:[0-9a-f]+\)$/, '') };
}

function enforced(
  { question }: AgentAnswer,
  { bypasses, leases }: Pick<FleetAgent, 'bypasses' | 'leases'>,
): AgentAnswer {
  const answer =
    leases.length === 0
      ? 'each action is decided at the daemon; no enforcement point has a lease'
      : `${counted(leases.length, 'enforcement point')} under a lease: ${leases.join(', ')}`;
  const owed = `found ${counted(bypasses, 'way')} around them: plumb inventory bypass --list`;
  return { question, answer, owed: bypasses === 0 ? null : owed };
}

function stopped(halting: AgentAnswer, { drill, lastHaltMs }: Assurance): AgentAnswer {
  const last = drill?.last ?? null;
  const effectiveMs = last?.times?.effectiveMs;
  const drilled = `its last drill ${last?.state ?? ''} after ${spanText(effectiveMs ?? 0)}`;
  const isUntried = lastHaltMs === null && effectiveMs === undefined;
  const said = [
    ...(isUntried ? [halting.answer] : []),
    ...(lastHaltMs === null ? [] : [`its last halt was effective after ${spanText(lastHaltMs)}`]),
    ...(effectiveMs === undefined ? [] : [drilled]),
    ...(drill === null ? [] : [`${counted(drill.holders, 'person')} may halt it`]),
  ].map((text) => text.replace('persons', 'people'));
  const owed = drill?.isOverdue === true ? 'a drill is overdue: plumb drill run' : halting.owed;
  return { ...halting, answer: said.join('; '), owed };
}
