import type { PactProposal } from '../src/services/services.ts';

/** How often the pact lets an agent ring in a window. */
export const HAMMERED = { calls: 40, windowMs: 2_000 } as const;

/** Returns the pact of one till: a budget of cents a day, and a rate of calls. */
export function tillProposal(
  agent: string,
  { cents, nowMs }: { readonly cents: number; readonly nowMs: number },
): Pick<PactProposal, 'entry' | 'files' | 'mode' | 'reason'> {
  const source = `
pact: plumbline/v1
agent: ${agent}
purpose: Pay out of one till.
owner: desk@example.com
autonomy: 2
timezone: ${noonZone(nowMs)}
tools:
  till.pay: { effect: write, category: money, money: amount, reversible: no }
  bell.ring: { effect: write, category: bell }
approvers: [role:lead]
unlisted: block_and_replan
gates: { widen_after: 10000 }
persistence: { warn: 999998, pause: 999999, halt: 1000000 }
allow:
  - id: pay
    tool: till.pay
    when: money(args.amount) > money("0.00")
    budget: { sum: args.amount, max: "${(cents / 100).toFixed(2)}", per: day }
  - { id: ring, tool: bell.ring, limit: { calls: ${HAMMERED.calls}, per: ${HAMMERED.windowMs / 1_000}s } }
`;
  return {
    entry: 'till.pact.yaml',
    files: { 'till.pact.yaml': source },
    mode: 'publish',
    reason: 'a test',
  };
}

// Where it is about noon now, so that no day ends while money is counted.
function noonZone(nowMs: number): string {
  const ahead = 12 - new Date(nowMs).getUTCHours();
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
