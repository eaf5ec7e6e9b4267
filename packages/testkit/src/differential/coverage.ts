import { type Stage, STAGES } from '@plumbline/core';

/** How often each stage, and each pair of stages, found something in one decision. */
export type Coverage = Map<string, number>;

// Without an open session there is no task with source rules, and nothing was refused yet.
const impossible: readonly string[] = ['session + sources', 'session + persistence'];

/** Counts the stages and pairs of stages that fired in one decision. */
export function count(coverage: Coverage, fired: readonly Stage[]): void {
  for (const [index, stage] of fired.entries()) {
    add(coverage, stage);
    for (const other of fired.slice(index + 1)) add(coverage, `${stage} + ${other}`);
  }
}

/** Returns the stages and pairs that never fired, those that cannot fire left out. */
export function uncovered(coverage: Coverage): readonly string[] {
  const pairs = STAGES.flatMap((stage, index) => [
    stage,
    ...STAGES.slice(index + 1).map((other) => `${stage} + ${other}`),
  ]);
  return pairs.filter((pair) => !coverage.has(pair) && !impossible.includes(pair));
}

function add(coverage: Coverage, key: string): void {
  coverage.set(key, (coverage.get(key) ?? 0) + 1);
}
