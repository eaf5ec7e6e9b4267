import type { Entry } from '@plumbline/core';

import { plainName } from './notice.ts';
import { facts, type Told } from './told.ts';

/**
 * Returns what is told of an entry that a drill left where the halt of an agent is practised: the
 * halt, marked as what it is, and nothing else.
 */
export function drilledOf(agent: string, { kind, open }: Entry): Told | null {
  if (kind !== 'halt') return null;
  const { id, by } = open;
  return {
    event: 'drill',
    severity: 'low',
    phase: 'opens',
    about: ['drill', agent],
    title: `DRILL, nothing is stopped: a halt of agent \`${agent}\` would be told here`,
    facts: facts({ agent, halt: id, by }),
    agent,
  };
}

/** Returns what is told of how a drill ended. */
export function drillDone({ agent, open }: Entry): Told {
  const { drill, state, why, times } = open;
  const hasPassed = state === 'passed';
  const { latchedMs, effectiveMs, lastForwardMs } = Object(times);
  const how = hasPassed ? `passed, effective after ${plainName(effectiveMs)} ms` : plainName(state);
  return {
    event: hasPassed ? 'drill-done' : 'drill-failed',
    severity: hasPassed ? 'low' : state === 'interrupted' ? 'medium' : 'high',
    phase: hasPassed ? 'closes' : 'tells',
    about: ['drill', agent ?? ''],
    title: `halt drill of agent \`${agent ?? '?'}\`: ${how}`,
    facts: facts({ agent, drill, why, latchedMs, effectiveMs, lastForwardMs }),
  };
}

/** Returns what is told of a drill that is overdue, or of too few people who may halt. */
export function drillAlert({ agent, open }: Entry): Told {
  const { what, state, dueAt, holders, needed } = open;
  const isRaised = state === 'raised';
  const isOverdue = what === 'overdue';
  const due = typeof dueAt === 'number' ? new Date(dueAt).toISOString() : null;
  const of = `agent \`${agent ?? '?'}\``;
  const [raised, cleared] = isOverdue
    ? [`the halt drill of ${of} is overdue`, `the halt drill of ${of} is overdue no longer`]
    : [`too few people may halt ${of}`, `enough people may halt ${of} again`];
  return {
    event: isOverdue ? 'drill-overdue' : 'few-holders',
    severity: isRaised ? 'high' : 'low',
    phase: isRaised ? 'opens' : 'closes',
    about: ['drill-alert', agent ?? '', plainName(what)],
    title: isRaised ? raised : cleared,
    facts: facts(isOverdue ? { agent, due } : { agent, holders, needed }),
  };
}
