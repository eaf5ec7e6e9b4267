import type { Explanation } from '@plumbline/core';

import type { Api } from '../api.ts';
import { PROBLEMS, type Problem } from '../problem.ts';
import { readEvaluation } from './evaluation-shapes.ts';
import { type Asker, mapEvaluation } from './map-evaluation.ts';

/** One decision as AuthZEN shows it. Source: AuthZEN 1.0, section 5.5. */
export type Looked = { readonly decision: boolean; readonly context: object };

/** Returns the decision of one evaluation, or why there is none. */
export async function look(
  api: Api,
  asked: unknown,
  asker: Asker,
): Promise<{ readonly looked: Looked } | { readonly problem: Problem }> {
  const parsed = readEvaluation(asked);
  if (!parsed.ok) return parsed;
  const mapped = mapEvaluation(parsed.value, asker);
  if (!mapped.ok) return mapped;
  const outcome = await api.guard.evaluate(mapped.value);
  if (outcome.ok) return { looked: shown(outcome.value) };
  return { problem: { code: outcome.error.code, detail: outcome.error.message } };
}

/** Returns a problem as the closed decision it means among others. */
export function failed({ code, detail }: Problem): Looked {
  return {
    decision: false,
    context: { error: { status: PROBLEMS[code][0], code, message: detail } },
  };
}

function shown({ decision, summary }: Explanation): Looked {
  const { verdict, because } = decision;
  const rules = because.filter(({ observed }) => observed !== true).map(({ rule }) => rule);
  const context = { verdict: verdict.kind, rules: [...new Set(rules)], say: summary };
  return { decision: verdict.kind === 'allow', context };
}
