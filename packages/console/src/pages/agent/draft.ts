import type { PactFiles } from '../../data/pacts.ts';

// What somebody types stays while they look at another page, and ends with the window.
const drafts = new Map<string, PactFiles>();

/** Returns what somebody has begun to write for an agent, if anything. */
export function draftOf(agent: string): PactFiles | null {
  return drafts.get(agent) ?? null;
}

/** Keeps what somebody writes for an agent; null forgets it. */
export function keepDraft(agent: string, files: PactFiles | null): void {
  if (files === null) drafts.delete(agent);
  else drafts.set(agent, files);
}

/** Returns the least pact an agent can begin with: it may do nothing yet. */
export function firstPact(agent: string): PactFiles {
  const entry = `${agent}.pact.yaml`;
  return { entry, files: { [entry]: beginning(agent) } };
}

function beginning(agent: string): string {
  return [
    'pact: plumbline/v1',
    `agent: ${agent}`,
    'purpose: What it is for, in a sentence.',
    'owner: you@example.com',
    'autonomy: 1',
    'tools: {}',
    'allow: []',
    '',
  ].join('\n');
}
