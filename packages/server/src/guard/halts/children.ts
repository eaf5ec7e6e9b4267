import type { Desk } from '../desk.ts';
import type { LiveAgent } from '../live-agent.ts';
import type { Covered } from './covers.ts';

/** An open session that acts by delegation. */
export type Child = { readonly child: LiveAgent; readonly session: string };

/** Returns the open sessions of any agent that were delegated from what is covered of one. */
export function childrenOf(desk: Desk, of: LiveAgent, covered: Covered): readonly Child[] {
  const sessions = covered.sessions === null ? null : new Set(covered.sessions);
  const found: Child[] = [];
  for (const child of desk.agents.values()) {
    for (const { id, delegation } of child.state.sessions.values()) {
      const isChild = delegation.some(({ agent, session }) => {
        return agent === of.agent && (sessions === null || sessions.has(session));
      });
      const isOwn = child === of && (sessions === null || sessions.has(id));
      if (isChild && !isOwn) found.push({ child, session: id });
    }
  }
  return found;
}
