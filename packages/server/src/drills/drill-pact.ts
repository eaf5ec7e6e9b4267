import { type PactSources } from '../services/pact-sources.ts';

/** The one thing that is done in a drill: nothing. */
export const FORWARD = 'drill.forward';

const FILE = 'drill.pact.yaml';

/**
 * Returns the pact of drills: it lets one tool through that exists nowhere. An agent's own pact
 * might let nothing through, or count what it lets through against the agent's budgets.
 */
export function drillPact(agent: string): PactSources {
  const text = `pact: plumbline/v1
agent: ${agent}
purpose: Practise the halt of ${agent}; nothing is done.
owner: role:plumbline
autonomy: 1
tools:
  ${FORWARD}: { effect: read, category: drill }
gates: off
persistence: off
allow:
  - { id: forward, tool: ${FORWARD} }
`;
  return { entry: FILE, files: { [FILE]: text } };
}
