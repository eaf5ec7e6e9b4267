import type { HaltTarget } from '../../data/halts.ts';

/** Returns what a halt or its end is about: `banking`, `tool send_email of banking`. */
export function targetText({ agent, scope, target }: HaltTarget): string {
  const of = agent === null ? 'every agent' : agent;
  if (scope === 'fleet') return 'the fleet';
  if (scope === 'agent') return of;
  return `${scope} ${target ?? ''} of ${of}`;
}

/** Returns what a halt stops, in a sentence. */
export function stopsText({ agent, scope, target }: HaltTarget): string {
  const of = agent === null ? 'every agent' : agent;
  switch (scope) {
    case 'fleet':
      return 'Stops every agent, those that are added later included.';
    case 'agent':
      return `Stops everything ${of} does. Permits and approvals not yet spent are void.`;
    case 'session':
      return `Stops this one session of ${of}.`;
    case 'room':
      return `Stops every session of the room ${target ?? ''} of ${of}, those to come included.`;
    case 'tool':
      return `Stops one tool in every session of ${of}.`;
    case 'task':
      return `Stops every session of ${of} with the task, those to come included.`;
  }
}
