import type { HaltScope } from '../../halt/halt.ts';
import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { haltKey } from '../state.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny for every latched halt that stops this action: halts beat everything. */
export function halted(context: Context): readonly Finding[] {
  const scopes = context.reader.look<readonly string[]>('halts', () => latched(context));
  if (scopes.length === 0) return NOTHING;
  return scopes.map((scope) => ({
    stage: 'halted',
    rule: `halt:${scope}`,
    kind: 'deny',
    say: `a person must resume first: the ${scope} is halted`,
  }));
}

function latched(context: Context): readonly HaltScope[] {
  const { state, session, attested } = context;
  if (state.halts.size === 0 && (session?.haltedBy ?? null) === null) return [];
  const targets: readonly (readonly [HaltScope, string | null])[] = [
    ['fleet', ''],
    ['agent', ''],
    ['session', context.action.session],
    ['room', attested?.room ?? null],
    ['tool', context.action.tool],
    ['task', attested?.task ?? null],
  ];
  return targets.flatMap(([scope, target]) => (isLatched(context, scope, target) ? [scope] : []));
}

function isLatched(context: Context, scope: HaltScope, target: string | null): boolean {
  if (target === null) return false;
  if (scope === 'session' && (context.session?.haltedBy ?? null) !== null) return true;
  return context.state.halts.has(haltKey(scope, target));
}
