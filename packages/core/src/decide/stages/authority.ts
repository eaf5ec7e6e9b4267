import type { Claim } from '../../authority/claim.ts';
import { parseDecimal } from '../../decimal.ts';
import type { Layer, TierRule } from '../../pact/compiled.ts';
import { NOTHING } from '../context.ts';
import type { Context, LayerView } from '../context.ts';
import { valueAt } from '../paths.ts';
import type { Finding } from '../verdict.ts';

/** The tier one layer asks of an action. */
export type Tier = 'public' | 'standard' | 'elevated';

/** Returns the tier of the action: the tool's own, or elevated above the money threshold. */
export function tierOf(context: Context, layer: Layer): Tier {
  const declared = context.tool?.tier ?? 'standard';
  const path = context.tool?.money ?? null;
  if (path === null || layer.tiers.moneyAbove === null) return declared;
  const amount = parseDecimal(valueAt(context.action.args, path));
  const threshold = parseDecimal(layer.tiers.moneyAbove);
  const isSmall = amount !== null && threshold !== null && amount <= threshold;
  return isSmall ? declared : 'elevated';
}

/** Returns a deny when the tier needs a verified claim that the session does not hold. */
export function authority(context: Context, view: LayerView): readonly Finding[] {
  const tier = tierOf(context, view.layer);
  if (tier === 'public') return NOTHING;
  const rule = view.layer.tiers[tier];
  if (rule === null && tier === 'standard') return NOTHING;
  if (rule !== null && isClaimed(context, rule)) return NOTHING;
  return [refuse(context, view.layer, tier)];
}

function refuse(context: Context, layer: Layer, tier: Tier): Finding {
  const rule = `tier:${tier}`;
  context.obligations.push({ kind: 'escalate', rule, say: layer.tiers.escalate });
  const say = `this needs a verified ${tier} authority that the session does not hold`;
  return { stage: 'authority', rule, kind: 'deny', say };
}

// True: a claim that is not spent holds. Otherwise the ids of the claims of single use that do, the
// first to be spent first. Without any it is false, as it always was.
function isClaimed(context: Context, rule: TierRule): boolean {
  const key = `claim/${rule.claim}/${rule.contains}/${rule.maxAgeMs}`;
  const held = context.reader.look<boolean | readonly string[]>(key, () => {
    const claims = context.session?.claims ?? [];
    const holding = claims.filter((claim) => satisfies(context, claim, rule));
    if (holding.length === 0) return false;
    if (holding.some(({ once }) => once !== true)) return true;
    return holding.toSorted(byExpiry).map(({ id }) => id ?? '');
  });
  if (typeof held === 'boolean') return held;
  context.grants.push(held);
  return held.length > 0;
}

function byExpiry(one: Claim, other: Claim): number {
  return one.expiresAtMs - other.expiresAtMs;
}

function satisfies({ now, action, category }: Context, claim: Claim, rule: TierRule): boolean {
  if (claim.name !== rule.claim || !claim.values.includes(rule.contains)) return false;
  const actions = claim.actions ?? null;
  const isMeant = actions?.some((of) => of === action.tool || of === `category:${category}`);
  const ageMs = now - claim.verifiedAtMs;
  const isFresh = ageMs >= 0 && ageMs <= rule.maxAgeMs && now < claim.expiresAtMs;
  return isMeant !== false && isFresh;
}

/**
 * Returns the claims of single use that an action spends, given those that hold for each tier that
 * no other claim satisfies: the first of each tier, without those that the others make needless.
 */
export function grantsOf(grants: Context['grants']): readonly string[] {
  if (grants.length === 0) return [];
  const taken = [...new Set(grants.flatMap((held) => held.slice(0, 1)))];
  return taken.reduce<readonly string[]>((left, id) => {
    const others = left.filter((other) => other !== id);
    return grants.every((held) => held.some((one) => others.includes(one))) ? others : left;
  }, taken);
}
