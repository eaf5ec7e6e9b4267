/** Returns the name under which an agent's pact is tested; no agent can be called so. */
export function probeOf(agent: string): string {
  return `${agent}~probe`;
}

/** Returns the name under which an agent's halt is practised; no agent can be called so. */
export function drillOf(agent: string): string {
  return `${agent}${DRILL}`;
}

/** Returns whose halt is practised under a name, or null where none is. */
export function drilledAgent(agent: string): string | null {
  return agent.endsWith(DRILL) ? agent.slice(0, -DRILL.length) : null;
}

/**
 * Returns whether a chain is that of a self-test or of drills, which are the daemon's own. Source:
 * spec/entries.md, "Self-tests" and "Drills".
 */
export function isProbe(agent: string): boolean {
  return agent.endsWith('~probe') || agent.endsWith(DRILL);
}

const DRILL = '~drill';
