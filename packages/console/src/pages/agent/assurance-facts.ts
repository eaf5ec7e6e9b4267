import type { AgentAnswer, AgentFacts } from '@plumbline/core';

import type { Assurance } from '../../data/agent-assurance.ts';
import type { FleetAgent } from '../../data/fleet.ts';
import { agentPlace } from '../../data/places.ts';
import { counted } from '../../ui/agent-state.ts';
import { spanText } from '../../ui/time-text.ts';

/** Something that is not as it should be, and the page where that is put right. */
export type Owed = { readonly text: string; readonly place: string | null };

/** One of the five questions with what is known, and what is owed. */
export type SaidAnswer = {
  readonly title: string;
  readonly question: string;
  readonly answer: string;
  readonly owed: readonly Owed[];
};

/** What the fleet says of an agent. */
export type AskedAgent = Pick<
  FleetAgent,
  'agent' | 'pact' | 'shadow' | 'state' | 'halts' | 'leases' | 'bypasses' | 'inFlight'
>;

/** Returns what the daemon knows of an agent, as the five questions take it. */
export function factsOf(
  { leases }: Pick<FleetAgent, 'leases'>,
  { channels, decisions, lastHaltMs, log, unfinished }: Assurance,
): Omit<AgentFacts, 'pact'> {
  return {
    paths: leases.map((name) => ({ name, governed: 'a lease' })),
    channels: channels ?? 0,
    lastHaltMs,
    decisions: { ...decisions, unfinished },
    isWitnessed: log?.isWitnessed ?? false,
  };
}

/**
 * Returns the answers as they hold of this agent now: halted or not, with a pact, a shadow or none,
 * whatever enforces it. What this person may not be told is not owed.
 */
export function sayAnswers(
  answers: readonly AgentAnswer[],
  agent: AskedAgent,
  known: Assurance,
): readonly SaidAnswer[] {
  const [scope, enforcement, signals, halting, record] = answers;
  if (!scope || !enforcement || !signals || !halting || !record) return [];
  return [
    { title: 'Scope', question: scope.question, ...scopeOf(scope, agent) },
    { title: 'Enforcement', question: enforcement.question, ...enforcedBy(agent, known) },
    { title: 'Signals', question: signals.question, ...signalsOf(signals, agent, known) },
    { title: 'Time to halt', question: halting.question, ...stopped(known) },
    { title: 'Record', question: record.question, ...recordOf(agent, known) },
  ];
}

type Part = Pick<SaidAnswer, 'answer' | 'owed'>;

function scopeOf({ answer, owed }: AgentAnswer, agent: AskedAgent): Part {
  const { pact, shadow, state, halts } = agent;
  const place = agentPlace(agent.agent, 'pact');
  if (pact === null) {
    const beside = shadow === null ? '' : '; the pact in its shadow only notes what it would say';
    return {
      answer: `nothing: no pact is armed, so all it asks for is refused${beside}`,
      owed: [
        shadow === null
          ? { text: 'write a pact and publish it', place }
          : { text: 'publish the one in its shadow', place: agentPlace(agent.agent, 'versions') },
      ],
    };
  }
  // The digest has a place of its own on the page.
  const allowed = answer.replace(/ \(sha256:[0-9a-f]+\)$/, '');
  const parts = halts.map(({ scope, target }) => `${scope} ${target}`.trim());
  const now =
    state === 'halted'
      ? `nothing while it is halted; then ${allowed}`
      : `${allowed}${parts.length === 0 ? '' : `; halted for now: ${parts.join(', ')}`}`;
  const beside = shadow === null ? '' : '; another pact runs in its shadow and stops nothing';
  return { answer: `${now}${beside}`, owed: owed === null ? [] : [{ text: owed, place }] };
}

function enforcedBy(
  { agent, bypasses, leases, pact }: AskedAgent,
  { decisions }: Pick<Assurance, 'decisions'>,
): Part {
  const around =
    bypasses === 0
      ? []
      : [{ text: `${counted(bypasses, 'way')} around them found`, place: '/attention' }];
  if (leases.length > 0) {
    const holders = `${counted(leases.length, 'enforcement point')} under a lease`;
    return { answer: `${holders}: ${leases.join(', ')}`, owed: around };
  }
  if (decisions.count === 0) {
    const command = `plumb mcp --agent ${agent} -- your-server`;
    const connect = `put a gateway or a hook before it: \`${command}\``;
    const owed = pact === null ? [] : [{ text: connect, place: null }];
    return { answer: 'nothing of it has asked here yet', owed: [...owed, ...around] };
  }
  const answer =
    'each action is asked about at the daemon, by a hook or a gateway that holds no lease now; ' +
    'what does not ask is not stopped';
  return { answer, owed: around };
}

function signalsOf({ answer }: AgentAnswer, agent: AskedAgent, { channels }: Assurance): Part {
  const [halting = ''] = answer.split('; ');
  const isSilent = agent.pact !== null && halting === 'no finding halts it';
  const told =
    channels === null
      ? 'who is told is not shown to you'
      : channels === 0
        ? 'nobody is told'
        : `people are told by ${counted(channels, 'channel')}`;
  return {
    answer: `${agent.pact === null ? 'no pact says which findings halt it' : halting}; ${told}`,
    owed: [
      ...(isSilent
        ? [{ text: 'say `halt_on` in its pact', place: agentPlace(agent.agent, 'pact') }]
        : []),
      ...(channels === 0 ? [{ text: 'set up who is told', place: '/settings/notifications' }] : []),
    ],
  };
}

function stopped(known: Assurance): Part {
  const { drill, lastHaltMs, isHaltPending } = known;
  const last = drill?.last ?? null;
  const said = [
    ...(isHaltPending ? ['a halt of it is taking effect now'] : []),
    ...(lastHaltMs === null ? [] : [`its last halt was effective after ${spanText(lastHaltMs)}`]),
    ...(last === null ? [] : [drillText(last)]),
    ...(drill === null ? [] : [holdersText(drill.holders)]),
  ];
  const isUntried = lastHaltMs === null && last === null && !isHaltPending;
  return {
    answer: [...(isUntried ? ['never tried'] : []), ...said].join('; '),
    owed: drillOwed(drill, isUntried),
  };
}

type Drill = NonNullable<Assurance['drill']>;

function drillText({ state, times }: NonNullable<Drill['last']>): string {
  if (state === 'running') return 'a drill of it runs';
  const after = times === null ? '' : ` after ${spanText(times.effectiveMs)}`;
  return `its last drill ${state === 'interrupted' ? 'was interrupted' : state}${after}`;
}

function holdersText(holders: number): string {
  if (holders === 0) return 'nobody may halt it';
  return `${holders} ${holders === 1 ? 'person' : 'people'} may halt it`;
}

function drillOwed(drill: Drill | null, isUntried: boolean): readonly Owed[] {
  const last = drill?.last ?? null;
  const owed: Owed[] = [];
  if (last?.state === 'failed') {
    owed.push({ text: 'see why its last drill failed', place: `/drills/${last.id}` });
  } else if (drill?.isOverdue === true) {
    owed.push({ text: 'a drill is overdue: practise it', place: '/drills' });
  } else if (isUntried) {
    owed.push({ text: 'practise it: a drill stops nothing real', place: '/drills' });
  }
  if (drill !== null && drill.missing > 0) {
    const text = `${drill.needed} people should be able to halt it`;
    owed.push({ text, place: '/settings/people' });
  }
  return owed;
}

function recordOf({ agent, inFlight }: AskedAgent, known: Assurance): Part {
  const { decisions, unfinished, log } = known;
  const { count, isMore } = decisions;
  const counting = `${isMore ? 'at least ' : ''}${count === 0 ? 'no' : count.toLocaleString('en')}`;
  const open = unfinished === 0 ? '' : `, ${unfinished.toLocaleString('en')} without an outcome`;
  const kept =
    log === null
      ? ''
      : `; the log is ${log.isWitnessed ? 'witnessed elsewhere' : 'kept on this machine alone'}`;
  const place = `${agentPlace(agent, 'actions')}?state=unfinished`;
  return {
    answer: `${counting} ${count === 1 ? 'decision' : 'decisions'}${open}${kept}`,
    owed: [
      // What is under way has no outcome yet, and nobody has to look.
      ...(unfinished > inFlight ? [{ text: 'find out what became of those', place }] : []),
      ...(log !== null && !log.isWitnessed
        ? [{ text: 'add a witness: nobody else could tell a rewritten log', place: null }]
        : []),
    ],
  };
}
