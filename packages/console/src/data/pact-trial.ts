import { askLines } from './api.ts';
import type { PactFiles } from './pacts.ts';

/** Decisions that were recorded with one verdict and get another, or the same, by a candidate. */
export type TrialPair = {
  readonly recorded: string;
  readonly candidate: string;
  readonly count: number;
  readonly approved: number;
  readonly denied: number;
  readonly examples: readonly TrialExample[];
};

/** One decision for an example, and the entry that holds it. */
export type TrialExample = {
  readonly index: number;
  readonly decision: string;
  readonly session: string;
  readonly tool: string;
  readonly rules: readonly string[];
};

/** What a candidate pact would have decided of what was recorded. */
export type PactTrial = {
  readonly decisions: number;
  readonly notOpened: number;
  readonly conflicts: number;
  readonly entries: number;
  readonly isWhole: boolean;
  readonly pairs: readonly TrialPair[];
};

/** Tries a candidate on what was recorded; `told` hears how many entries were read. */
export async function askTrial(
  { agent, ...candidate }: PactFiles & { readonly agent: string },
  told: (entries: number) => void,
  signal: AbortSignal,
): Promise<PactTrial> {
  const path = `/api/v1/agents/${encodeURIComponent(agent)}/pacts/try`;
  const init = { method: 'POST', body: JSON.stringify(candidate), signal };
  let trial: PactTrial | null = null;
  await askLines(path, init, (line) => {
    const member = (name: string): unknown => Reflect.get(Object(line), name);
    const entries = member('entries');
    if (typeof entries === 'number') told(entries);
    const failed = member('failed');
    if (typeof failed === 'string') throw new Error(failed);
    const last = member('trial');
    // The daemon answers by its own type of the same shape; lines of text are untyped.
    if (last !== undefined) trial = last as PactTrial;
  });
  if (trial === null) throw new Error('the trial ended before it was through: try again');
  return trial;
}
