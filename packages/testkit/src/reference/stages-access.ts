import { isJsonObject } from '@plumbline/core';
import type { Finding, Json, JsonObject, Layer } from '@plumbline/core';

import { claimsFor } from './claims.ts';
import { isLatched, type Latch, latches } from './history.ts';
import { armedObjective, objective } from './objective.ts';
import { depthOf } from './paths.ts';
import { tierOf } from './tier.ts';
import {
  denial,
  failing,
  globMatches,
  layerRequirement,
  matchRule,
  stepUp,
  type Turn,
} from './turn.ts';

const maxDepth = 64;
const maxLinks = 8;
const maxLetters = 1024 * 1024;

/** Stage 1. */
export function halted(turn: Turn): readonly Finding[] {
  const { pact, history, action, session } = turn;
  const all = latches(pact, history);
  const targets: readonly (readonly [string, string | null])[] = [
    ['fleet', ''],
    ['agent', ''],
    ['session', action.session],
    ['room', session?.opened.room ?? null],
    ['tool', action.tool],
    ['task', session?.opened.task ?? null],
  ];
  const stopping = targets.flatMap(([scope, target]) =>
    target !== null && isLatched(all, scope, target) ? [denial('halted', `halt:${scope}`)] : [],
  );
  const hasFailed = targets.some((target) => isFailed(turn, all, target));
  return hasFailed ? [...stopping, denial('halted', 'halt:objective')] : stopping;
}

/** Whether an incident that was resumed since had the objective of this very pact. */
function isFailed(
  { pact, history }: Turn,
  all: readonly Latch[],
  [scope, target]: readonly [string, string | null],
): boolean {
  const isSame = (one: { readonly scope: string; readonly target: string }): boolean =>
    one.scope === scope && one.target === target;
  return history.some((event, index) => {
    if (event.kind !== 'halt' || event.halt.incident !== 'optimisation') return false;
    if (!isSame(event.halt)) return false;
    const under = event.halt.objective ?? armedObjective(pact, history.slice(0, index));
    const isLifted = all.some((latch) => !latch.isOn && latch.index > index && isSame(latch));
    return isLifted && under === objective(pact);
  });
}

/** Stage 2, with the bound on arguments. */
export function presence(turn: Turn): readonly Finding[] {
  return [
    ...(turn.session === null ? [denial('session', 'session')] : []),
    ...(turn.fits && isDeclared(turn.subject.tool.schema ?? undefined, turn.action.args)
      ? []
      : [denial('session', 'arguments')]),
  ];
}

/** Returns whether a schema names every member of a value; deeper ones only where it says so. */
function isDeclared(schema: Json | undefined, value: Json, byDefault = false): boolean {
  if (!isJsonObject(schema)) return true;
  if (Array.isArray(value)) return value.every((item) => isDeclared(schema['items'], item, true));
  const { properties } = schema;
  if (!isJsonObject(value) || !isJsonObject(properties)) return true;
  const isOpen = (schema['additionalProperties'] ?? byDefault) !== false;
  return Object.entries(value).every(([name, member]) =>
    Object.hasOwn(properties, name) ? isDeclared(properties[name], member, true) : isOpen,
  );
}

/** Returns whether arguments are small and shallow enough to be looked at. */
export function fitsBounds(args: JsonObject): boolean {
  return lettersIn(args) <= maxLetters && depthOf(args) <= maxDepth;
}

function lettersIn(value: Json): number {
  if (typeof value === 'string') return Math.max(1, value.length);
  if (typeof value !== 'object' || value === null) return 1;
  const own = 1 + (Array.isArray(value) ? 0 : Object.keys(value).join('').length);
  return Object.values(value).reduce((sum: number, member: Json) => sum + lettersIn(member), own);
}

/** Stage 3. */
export function unlisted(turn: Turn, layer: Layer): readonly Finding[] {
  if (!isUnlisted(turn, layer)) return [];
  const halts = layer.unlisted === 'hard_block' ? { halts: 'session' as const } : {};
  return [denial('unlisted', 'unlisted', { violation: true, ...halts })];
}

/** Returns whether no allow or exclude rule names the tool, or no layer declares it. */
export function isUnlisted({ action, subject }: Turn, layer: Layer): boolean {
  const { allow, exclude } = layer.rulesFor(action.tool);
  return !subject.isDeclared || (allow.length === 0 && exclude.length === 0);
}

/** Stage 4. */
export function excluded(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.rulesFor(turn.action.tool).exclude.flatMap((rule) => {
    const match = matchRule(turn, rule, true);
    const observed = rule.mode === 'observe';
    const at = { stage: 'excluded', rule: rule.id, observed } as const;
    if (match.kind === 'fails') return [failing(turn, at, match.on)];
    if (match.kind === 'passes') return [];
    const mode = observed ? { observed } : {};
    return [denial('excluded', rule.id, { say: rule.say, violation: true, ...mode })];
  });
}

/** Stage 5. */
export function protectedThings({ subject }: Turn): readonly Finding[] {
  const { touches } = subject.tool;
  const violation = { violation: true };
  return [
    ...(touches.includes('self') && subject.effect !== 'read'
      ? [denial('protected', 'protected:self', violation)]
      : []),
    ...(touches.includes('evaluator')
      ? [denial('protected', 'protected:evaluator', violation)]
      : []),
  ];
}

/** Stage 6, once. */
export function delegation({ session, action, subject, now }: Turn): readonly Finding[] {
  const links = session?.opened.delegation ?? [];
  const isCovered = links.every(
    ({ tools, effects, untilMs }) =>
      (tools ?? [action.tool]).some((glob) => globMatches(glob, action.tool)) &&
      (effects ?? [subject.effect]).includes(subject.effect) &&
      now < (untilMs ?? Infinity),
  );
  return isCovered && links.length <= maxLinks ? [] : [denial('authority', 'delegation')];
}

/** Stage 6. */
export function authority(turn: Turn, layer: Layer): readonly Finding[] {
  const tier = tierOf(turn, layer);
  if (tier === 'public') return [];
  const rule = layer.tiers[tier];
  if (rule === null && tier === 'standard') return [];
  return rule !== null && claimsFor(turn, rule).length > 0
    ? []
    : [denial('authority', `tier:${tier}`)];
}

/** Stage 7. */
export function autonomy(turn: Turn, layer: Layer): readonly Finding[] {
  const rule = `autonomy:${layer.autonomy}`;
  const { effect, isOpenWorld, isIrreversible } = turn.subject;
  const isRead = effect === 'read';
  if (layer.autonomy === 1) {
    return isRead && !isOpenWorld ? [] : [denial('autonomy', rule)];
  }
  const isNamed = layer
    .rulesFor(turn.action.tool)
    .allow.some(({ rule: { mode }, exact }) => exact && mode === 'enforce');
  const isHighImpact =
    layer.autonomy === 3 && ((!isRead && isIrreversible) || tierOf(turn, layer) === 'elevated');
  return [
    ...(isRead || isNamed ? [] : [denial('autonomy', rule)]),
    ...(isHighImpact ? [stepUp('autonomy', layerRequirement(layer, rule))] : []),
  ];
}

/** Stage 8. */
export function task(turn: Turn, layer: Layer): readonly Finding[] {
  if (layer.tasks === null || /^output\.(answer|message)$/.test(turn.action.tool)) return [];
  const purpose = layer.tasks.get(turn.session?.opened.task ?? '');
  if (purpose === undefined) return [denial('task', 'task')];
  if (purpose.tools.some((tool) => globMatches(tool, turn.action.tool))) return [];
  const rule = `task:${purpose.name}`;
  if (purpose.otherwise === 'deny') {
    return [denial('task', rule, { say: purpose.say, violation: true })];
  }
  const { approvers, withinMs } = purpose;
  return [stepUp('task', { rule, approvers, quorum: 1, withinMs })];
}
