import type { ContainerLabels } from '../../config/containers.ts';
import type { Halted } from '../executor.ts';

/** The labels of a container, a pod, or of what makes them. */
export type Labels = Readonly<Record<string, string>>;

/** What a halt ends of what an agent's label is on. */
export type Selection = {
  readonly agent: string;
  readonly matches: (labels: Labels) => boolean;
};

/**
 * Returns which of an agent's containers a halt ends. One that names no session is of the agent as
 * a whole, and goes on when a session, a room or a task is halted.
 */
export function selectionOf(
  { agent, scope, target, sessions }: Halted,
  keys: ContainerLabels,
): Selection {
  const isIn = (labels: Labels): boolean => {
    const { [keys.session]: session = '', [keys.room]: room = '' } = labels;
    const isListed = sessions?.includes(session) ?? false;
    switch (scope) {
      case 'agent':
      case 'fleet':
        return true;
      case 'session':
        return session === target;
      case 'room':
        return room === target || isListed;
      case 'task':
        return isListed;
      case 'tool':
        return false;
    }
  };
  return { agent, matches: (labels) => labels[keys.agent] === agent && isIn(labels) };
}
