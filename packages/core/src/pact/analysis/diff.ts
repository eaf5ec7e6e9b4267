import type { VerdictKind } from '../../decide/verdict.ts';
import type { LoadedPact } from '../load.ts';
import type { Change } from './change.ts';
import { setting } from './change.ts';
import { ruleChanges } from './diff-rules.ts';
import { settingChanges } from './diff-settings.ts';
import { taskChanges } from './diff-tasks.ts';
import { tryAction } from './trial.ts';
import type { Trial } from './trial.ts';

/** A recorded action whose verdict is not the same under both pacts. */
export type TrafficChange = {
  readonly index: number;
  readonly trial: Trial;
  readonly before: VerdictKind;
  readonly after: VerdictKind;
};

/** What two pacts mean differently. `tried` counts the recorded actions. */
export type PactDiff = {
  readonly changes: readonly Change[];
  readonly traffic: readonly TrafficChange[];
  readonly tried: number;
};

/**
 * Returns how the meaning of a pact changed: per tool what is now allowed, refused or asked about,
 * each with an example both verdicts of which the kernel decided, or `undetermined`; then tasks and
 * everything else that is set.
 *
 * traffic: recorded actions, each decided on a new state under both pacts.
 * Source: spec/pact/analysis.md, section "Meaning-diff".
 */
export function diffPacts(
  before: LoadedPact,
  after: LoadedPact,
  traffic: readonly Trial[] = [],
): PactDiff {
  if (before.pact.digest === after.pact.digest) {
    return { changes: [], traffic: [], tried: traffic.length };
  }
  const changes = [
    ...ruleChanges({ before, after }),
    ...taskChanges(before.pact, after.pact),
    ...layersChanges(before, after),
  ];
  const moved = traffic.flatMap((trial, index) => {
    const [old, next] = [before, after].map(({ pact }) => tryAction(pact, trial).verdict.kind);
    if (old === undefined || next === undefined || old === next) return [];
    return [{ index, trial, before: old, after: next }];
  });
  return { changes, traffic: moved, tried: traffic.length };
}

function layersChanges(before: LoadedPact, after: LoadedPact): readonly Change[] {
  const count = Math.max(before.documents.length, after.documents.length);
  return Array.from({ length: count }, (_, index): readonly Change[] => {
    const [old, next] = [before.documents[index], after.documents[index]];
    if (old === undefined) return [layerChange(`now also extends \`${next?.file ?? ''}\``)];
    if (next === undefined) return [layerChange(`no longer extends \`${old.file}\``)];
    return settingChanges(old, next);
  }).flat();
}

function layerChange(text: string): Change {
  return setting('extends', text, { before: null, after: null });
}
