import type { Claim, Layer, TierRule } from '@plumbline/core';

import { isStopping } from './approvals.ts';
import { isLetThrough, latches } from './history.ts';
import { tierOf } from './tier.ts';
import type { Turn } from './turn.ts';

/**
 * Returns the claims of the session that are neither spent, voided nor revoked, and counted when
 * they were recorded. Source: spec/decide.md, section "Claims".
 */
function standingClaims(turn: Turn): readonly Claim[] {
  const life = turn.session?.life ?? [];
  const spent = new Set(life.filter(isLetThrough).flatMap((e) => e.decision.grants ?? []));
  const stops = latches(turn.pact, turn.history).filter((latch) => latch.isOn);
  return life.flatMap((event) => {
    if (event.kind !== 'claim') return [];
    const { claim } = event;
    const { id } = claim;
    if (id === undefined) return claim.once === true ? [] : [claim];
    const named = life.filter((other) => nameOf(other) === id);
    const isRevoked = named.some(({ kind }) => kind === 'claim_revoked');
    if (named[0] !== event || isRevoked || spent.has(id)) return [];
    const at = turn.history.indexOf(event);
    const isVoid = stops.some((latch) => latch.index > at && isStopping(turn, latch));
    return claim.once === true && isVoid ? [] : [claim];
  });
}

function nameOf(event: Turn['history'][number]): string | null {
  if (event.kind === 'claim') return event.claim.id ?? null;
  return event.kind === 'claim_revoked' ? event.id : null;
}

/** Returns the standing claims that satisfy a tier's rule for this action. */
export function claimsFor(turn: Turn, rule: TierRule): readonly Claim[] {
  const { tool, category } = { tool: turn.action.tool, category: turn.subject.tool.category };
  return standingClaims(turn).filter(
    (claim) =>
      claim.name === rule.claim &&
      claim.values.includes(rule.contains) &&
      claim.verifiedAtMs <= turn.now &&
      turn.now - claim.verifiedAtMs <= rule.maxAgeMs &&
      turn.now < claim.expiresAtMs &&
      (claim.actions ?? [tool]).some((name) => [tool, `category:${category}`].includes(name)),
  );
}

/** Returns, of each layer whose tier only claims of single use satisfy, their ids in order. */
export function needsOf(turn: Turn): readonly (readonly string[])[] {
  return turn.pact.layers.flatMap((layer) => {
    const rule = ruleOf(turn, layer);
    const holding = rule === null ? [] : claimsFor(turn, rule);
    if (holding.length === 0 || holding.some(({ once }) => once !== true)) return [];
    const inOrder = [...holding].sort((one, other) => one.expiresAtMs - other.expiresAtMs);
    return [inOrder.map(({ id }) => id ?? '')];
  });
}

function ruleOf(turn: Turn, layer: Layer): TierRule | null {
  const tier = tierOf(turn, layer);
  return tier === 'public' ? null : layer.tiers[tier];
}

/** Returns the claims that are spent for some needs. */
export function spentFor(needs: readonly (readonly string[])[]): readonly string[] {
  let taken: readonly string[] = [];
  for (const [first] of needs) {
    if (first !== undefined && !taken.includes(first)) taken = [...taken, first];
  }
  for (const id of taken) {
    const rest = taken.filter((other) => other !== id);
    if (needs.every((need) => need.some((one) => rest.includes(one)))) taken = rest;
  }
  return taken;
}
