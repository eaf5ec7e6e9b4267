import type { HaltScope } from '../../halt/halt.ts';
import { objectiveOf } from '../../halt/objective.ts';
import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { haltKey, incidentKey } from '../state.ts';
import type { Finding } from '../verdict.ts';

const FAILED = 'it was halted for what the objective of the armed pact made it do: arm another';

/** Returns a deny for every latched halt that stops this action: halts beat everything. */
export function halted(context: Context): readonly Finding[] {
  const scopes = context.reader.look<readonly string[]>('halts', () => latched(context));
  if (scopes.length === 0) return NOTHING;
  return scopes.map((scope) => {
    const resume = `a person must resume first: the ${scope} is halted`;
    const say = scope === 'objective' ? FAILED : resume;
    return { stage: 'halted', rule: `halt:${scope}`, kind: 'deny', say };
  });
}

function latched(context: Context): readonly string[] {
  const { state, session } = context;
  const isFree = state.halts.size === 0 && (session?.haltedBy ?? null) === null;
  if (isFree && state.lifted.size === 0) return [];
  const targets = targetsOf(context);
  const scopes = targets.flatMap(([scope, target]) => {
    return isLatched(context, scope, target) ? [scope] : [];
  });
  return hasFailed(context, targets) ? [...scopes, 'objective'] : scopes;
}

type Target = readonly [HaltScope, string];

function targetsOf({ attested, action }: Context): readonly Target[] {
  const { room = null, task = null } = attested ?? {};
  return [
    ['fleet', ''],
    ['agent', ''],
    ['session', action.session],
    ...(room === null ? [] : [['room', room] as const]),
    ['tool', action.tool],
    ...(task === null ? [] : [['task', task] as const]),
  ];
}

function isLatched(context: Context, scope: HaltScope, target: string): boolean {
  if (scope === 'session' && (context.session?.haltedBy ?? null) !== null) return true;
  return context.state.halts.has(haltKey(scope, target));
}

// Whether an incident that was resumed under another objective stopped this one.
function hasFailed({ state, pact }: Context, targets: readonly Target[]): boolean {
  if (state.lifted.size === 0) return false;
  const objective = objectiveOf(pact);
  return targets.some(([scope, target]) => {
    return state.lifted.has(incidentKey({ scope, target }, objective));
  });
}
