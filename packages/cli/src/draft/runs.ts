import type { DraftRequest, DraftRun, Json } from '@plumbline/core';

import type { Mapping } from '../manifest/manifest.ts';
import type { Run } from '../readers/run.ts';

/** A run with what the manifest says of it. */
export type MappedRun = { readonly run: Run; readonly mapping: Mapping };

/** Returns a run as a draft learns from it, or null when no task is attested for it. */
export function draftRun({ run, mapping }: MappedRun): DraftRun | null {
  const { task, session } = mapping;
  if (task === undefined || task === null) return null;
  const results = new Map<number, Json>();
  const said: string[] = [];
  for (const step of run.steps) {
    if (step.kind === 'result') results.set(step.call, step.result);
    if (step.kind === 'message' && step.role === 'user') said.push(step.text);
  }
  const calls = run.steps.flatMap((step) =>
    step.kind === 'call' && step.args !== null
      ? [{ tool: step.tool, args: step.args, result: results.get(step.call) ?? '' }]
      : [],
  );
  return { task, principalText: said.join('\n'), session, calls };
}

/** Returns the types of the session attributes seen, as a pact declares them. */
export function sessionTypes(runs: readonly MappedRun[]): NonNullable<DraftRequest['session']> {
  const values = new Map(runs.flatMap(({ mapping }) => Object.entries(mapping.session)));
  return Object.fromEntries(Array.from(values, ([name, value]) => [name, typeOf(value)]));
}

function typeOf(value: Json): NonNullable<DraftRequest['session']>[string] {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'number';
  if (Array.isArray(value)) return 'list<string>';
  return typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value) ? 'email' : 'string';
}
