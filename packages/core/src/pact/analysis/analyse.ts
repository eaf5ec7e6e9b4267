import type { Tool } from '../compiled.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { PactDocument } from '../document.ts';
import { contradictions } from './contradiction.ts';
import { shadows } from './shadowed.ts';
import type { Budget } from './solve.ts';
import { groundOf } from './subject.ts';
import { unreachables } from './unreachable.ts';

/** A pact whose names and expressions are checked, and every tool it can name with its schema. */
export type Analysed = {
  readonly document: PactDocument;
  readonly tools: ReadonlyMap<string, Tool>;
};

/**
 * Steps an analysis may spend, about a second on one core. Questions it can no longer afford are
 * undetermined, so they raise no error.
 */
const analysisSteps = 400_000;

/**
 * Returns an error for every rule that is certain never to matter: `unreachable-rule`,
 * `shadowed-rule`, `contradictory-rule`.
 *
 * Each is a proof on the stated fragment; what cannot be decided raises nothing.
 * Source: spec/pact/analysis.md.
 */
export function analyse({ document, tools }: Analysed): readonly Diagnostic[] {
  const ground = groundOf(document, tools);
  const budget: Budget = { left: analysisSteps };
  const unreachable = unreachables(ground, budget);
  const dead = new Set(unreachable.map(({ subject }) => subject));
  const alive = ground.subjects.filter((subject) => !dead.has(subject));
  const contradicted = contradictions({ ...ground, subjects: alive }, budget);
  const told = new Set(contradicted.map(({ subject }) => subject));
  const left = alive.filter((subject) => !told.has(subject));
  const shadowed = shadows({ ...ground, subjects: left }, budget);
  return [...unreachable, ...contradicted, ...shadowed].map(({ diagnostic }) => diagnostic);
}
