const UNDOER = '~undo';

/** Returns the name under which what an agent did is undone; no agent can be called so. */
export function undoerOf(agent: string): string {
  return `${agent}${UNDOER}`;
}

/** Returns whose chains, pact and upstreams a name stands for: the agent's own, for every name. */
export function ownerOf(agent: string): string {
  const at = agent.indexOf('~');
  return at === -1 ? agent : agent.slice(0, at);
}
