import type { Context } from './context.ts';
import { VERDICTS } from './verdict.ts';
import type { Finding, Requirement, Verdict, VerdictKind } from './verdict.ts';

/** Returns the verdict: the greatest of the enforced findings; deny when there are none. */
export function join(context: Context, found: readonly Finding[]): Verdict {
  const enforced = found.filter((finding) => finding.observed !== true);
  const kind = greatest(enforced);
  const because = enforced.filter((finding) => finding.kind === kind);
  switch (kind) {
    case 'allow':
      return { kind };
    case 'modify':
      return { kind, args: context.action.args, rewrites: [] };
    case 'step_up':
      return { kind, requirements: because.flatMap(requirementOf) };
    case 'defer':
      return { kind, ...waitOf(context, because) };
    case 'deny':
      return { kind, say: because[0]?.say ?? 'nothing allows this action' };
  }
}

/** Returns the findings of the winning kind, and every observed one, in stage order. */
export function winning(found: readonly Finding[], kind: VerdictKind): readonly Finding[] {
  return found.filter((finding) => finding.kind === kind || finding.observed === true);
}

function greatest(found: readonly Finding[]): VerdictKind {
  let rank = -1;
  for (const { kind } of found) rank = Math.max(rank, VERDICTS.indexOf(kind));
  return VERDICTS[rank] ?? 'deny';
}

function requirementOf({ requirement }: Finding): readonly Requirement[] {
  return requirement === undefined ? [] : [requirement];
}

function waitOf(
  context: Context,
  because: readonly Finding[],
): { readonly until: readonly string[]; readonly expiresAtMs: number } {
  const until = [...new Set(because.flatMap((finding) => finding.until ?? []))];
  const withinMs = Math.min(...because.map((finding) => finding.withinMs ?? 0));
  const first = context.reader.look<number | null>('deferral', () => {
    return context.state.deferrals.get(context.action.id) ?? null;
  });
  return { until, expiresAtMs: (first ?? context.now) + withinMs };
}
