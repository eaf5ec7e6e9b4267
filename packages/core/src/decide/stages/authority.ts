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

function isClaimed(context: Context, rule: TierRule): boolean {
  return context.reader.look(`claim/${rule.claim}/${rule.contains}/${rule.maxAgeMs}`, () => {
    const claims = context.session?.claims ?? [];
    return claims.some((claim) => satisfies(claim, rule, context.now));
  });
}

function satisfies(claim: Claim, rule: TierRule, now: number): boolean {
  if (claim.name !== rule.claim || !claim.values.includes(rule.contains)) return false;
  const ageMs = now - claim.verifiedAtMs;
  return ageMs >= 0 && ageMs <= rule.maxAgeMs && now < claim.expiresAtMs;
}
