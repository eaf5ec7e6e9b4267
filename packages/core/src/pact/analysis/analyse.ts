import type { Tool } from '../compiled.ts';
import { warning } from '../diagnostic.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { PactDocument } from '../document.ts';
import { contradictions } from './contradiction.ts';
import { shadows } from './shadowed.ts';
import { groundOf, without } from './ground.ts';
import type { Subject } from './subject.ts';
import { unreachables } from './unreachable.ts';
import type { Fault } from './unreachable.ts';
import { startWork } from './work.ts';

/** A pact whose names and expressions are checked, and every tool it can name with its schema. */
export type Analysed = {
  readonly document: PactDocument;
  readonly tools: ReadonlyMap<string, Tool>;
};

/**
 * Returns an error for every rule that is certain never to matter: `unreachable-rule`,
 * `shadowed-rule`, `contradictory-rule`; and the warning `analysis-stopped` when the rules are too
 * many to look at them all.
 *
 * Each error is a proof on the stated fragment; what cannot be decided raises nothing.
 * Source: spec/pact/analysis.md.
 */
export function analyse({ document, tools }: Analysed): readonly Diagnostic[] {
  const work = startWork();
  const ground = groundOf(document, tools);
  const unreachable = unreachables(ground, work);
  const alive = without(ground, subjectsOf(unreachable));
  const contradicted = contradictions(alive, work);
  const shadowed = shadows(without(alive, subjectsOf(contradicted)), work);
  const faults = [...unreachable, ...contradicted, ...shadowed].map(({ diagnostic }) => diagnostic);
  return work.stoppedAt === null ? faults : [...faults, stopped(work.stoppedAt)];
}

function subjectsOf(faults: readonly Fault[]): ReadonlySet<Subject> {
  return new Set(faults.map(({ subject }) => subject));
}

function stopped({ rule }: Subject): Diagnostic {
  const message =
    `the analysis stopped at rule \`${rule.id}\`: not all rules were checked for whether they ` +
    'ever matter; join rules that differ in one value with `in [...]`';
  return warning({ code: 'analysis-stopped', place: rule.place, message });
}
