import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Action, Decision, Event, Fact, Finding, Json, JsonObject } from '@plumbline/core';

const folder = join(import.meta.dirname, '..', '..', '..', '..', 'spec', 'vectors', 'decide');

/** One thing that happens in a vector. Source: spec/vectors/README.md. */
export type VectorStep =
  | { readonly event: Event }
  | {
      readonly propose: {
        readonly id: string;
        readonly at: number;
        readonly action: Action;
        readonly facts: readonly Fact[];
      };
      readonly expect: JsonObject;
    };

/** One vector: a pact, what happens, and what has to be decided on the way. */
export type Vector = {
  readonly name: string;
  readonly says: string;
  /** The files of the pact; `pact.yaml` is it. */
  readonly pact: { readonly [file: string]: string };
  readonly steps: readonly VectorStep[];
};

/** Returns every vector with its section, the files a section shares put beside its pact. */
export function readVectors(): readonly (Vector & { readonly section: string })[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().flatMap((name) => {
    // The vectors are written by hand and script; every run of them checks what they hold.
    const read = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      readonly files: { readonly [file: string]: string };
      readonly vectors: readonly Vector[];
    };
    const section = name.replace(/\.json$/, '');
    return read.vectors.map((vector) => ({
      ...vector,
      section,
      pact: { ...read.files, ...vector.pact },
    }));
  });
}

/** Returns a decision as a vector shows it; `say` only where the vector fixes the words. */
export function shownDecision(decision: Omit<Decision, 'readSet'>, expected: Json): JsonObject {
  const { because, charges, reserves, spends, grants, marks, obligations } = decision;
  return {
    verdict: shownVerdict(decision.verdict, expected),
    because: because.map(shownFinding),
    charges: [...charges],
    reserves: reserves.map(({ amount, windowEndMs }) => ({ amount, windowEndMs })),
    spends: [...spends].sort(),
    ...(grants === undefined ? {} : { grants: [...grants].sort() }),
    marksUntilMs: marks.map(({ untilMs }) => untilMs),
    obligations: obligations.map(({ kind, rule }) => ({ kind, rule })),
  };
}

function shownVerdict(verdict: Decision['verdict'], expected: Json): JsonObject {
  if (verdict.kind === 'deny') {
    const isFixed = JSON.stringify(expected).includes('"say":');
    return isFixed ? { kind: 'deny', say: verdict.say } : { kind: 'deny' };
  }
  if (verdict.kind === 'modify') {
    const rewrites = verdict.rewrites.map(({ rule, path, value }) =>
      value === undefined ? { rule, path, removed: true } : { rule, path, value },
    );
    return { kind: 'modify', args: verdict.args, rewrites };
  }
  if (verdict.kind === 'step_up') {
    const requirements = verdict.requirements.map((one) => ({ ...one }));
    return { kind: 'step_up', requirements };
  }
  return { ...verdict };
}

function shownFinding({ stage, rule, kind, violation, observed, halts }: Finding): JsonObject {
  return {
    stage,
    rule,
    kind,
    ...(violation === true ? { violation } : {}),
    ...(observed === true ? { observed } : {}),
    ...(halts === undefined ? {} : { halts }),
  };
}
