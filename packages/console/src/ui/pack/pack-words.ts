import type { PackPlan } from '../../data/packs.ts';
import { sizeText } from '../size-text.ts';

/** Returns what a pack would hold and about how large its file is, in a sentence or two. */
export function planText(
  { sessions, agents, entries, sealed, earlier, bytes }: PackPlan,
  isOpened: boolean,
): string {
  const whose = agents.length <= 3 ? agents.join(', ') : `${agents.length} agents`;
  const many = counted(entries, 'entry', 'entries');
  const held = `${counted(sessions, 'session', 'sessions')} of ${whose}: ${many}`;
  const size = `about ${sizeText(isOpened ? bytes.opened : bytes.closed)}`;
  const whether = isOpened ? 'can be read' : 'stays sealed';
  const have = `${sealed.toLocaleString('en')} ${sealed === 1 ? 'has' : 'have'} a sealed part`;
  const parts = sealed === 0 ? '' : ` ${have}, which ${whether}.`;
  const older =
    earlier === 0
      ? ''
      : ` Not in it: ${counted(earlier, 'session', 'sessions')} begun in a log of before.`;
  return `${held}; ${size}.${parts}${older}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
