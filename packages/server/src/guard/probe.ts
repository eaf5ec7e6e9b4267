/** Returns the name under which an agent's pact is tested; no agent can be called so. */
export function probeOf(agent: string): string {
  return `${agent}~probe`;
}

/** Returns whether a chain is that of a self-test. Source: spec/entries.md, "Self-tests". */
export function isProbe(agent: string): boolean {
  return agent.endsWith('~probe');
}
