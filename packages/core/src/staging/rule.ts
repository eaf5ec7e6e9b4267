import { digestJson } from '../digest.ts';
import { matchesAny } from '../pact/glob.ts';

/** What an upstream and an agent's work on it are held to before they are trusted with more. */
export const STAGING_CHECKS = ['errors', 'refusals', 'latency', 'halts'] as const;

/** The name of a check. Source: spec/pact/language.md, section "Staging". */
export type StagingCheckName = (typeof STAGING_CHECKS)[number];

/** One check. `below` is the fraction of bad ones that is not accepted; null: one is too many. */
export type StagingCheck = { readonly name: StagingCheckName; readonly below: number | null };

/** How far the actions of a pact have come. */
export const STAGING_PHASES = ['staging', 'canary', 'promoted', 'fallen-back'] as const;

/** How far the actions of a pact have come. */
export type StagingPhase = (typeof STAGING_PHASES)[number];

/** What a pact says of staging, with its defaults. Source: spec/pact/language.md, "Staging". */
export type StagingRule = {
  /** Names and globs of the tools that are staged. */
  readonly tools: readonly string[];
  /** What the staging upstream is called where servers are configured. */
  readonly upstream: string;
  /** The fraction of sessions that reach the live upstream under `canary`; null: no such phase. */
  readonly share: number | null;
  readonly begins: 'staging' | 'canary';
  readonly promoteAfterMs: number;
  /** How many observations of a phase a check looks at: the first ones. */
  readonly sample: number;
  readonly checks: readonly StagingCheck[];
};

/** Which side of a staged tool an action goes to. */
export type Route = {
  readonly side: 'staging' | 'live';
  /** The name of the staging upstream; null for the live one. */
  readonly upstream: string | null;
  readonly phase: StagingPhase;
};

/** Returns whether a tool is staged. */
export function isStaged({ tools }: StagingRule, tool: string): boolean {
  return matchesAny(tools, tool);
}

/** Returns which phase follows when every check has passed. */
export function nextPhase(rule: StagingRule, phase: StagingPhase): StagingPhase | null {
  if (phase === 'staging') return rule.share === null ? 'promoted' : 'canary';
  return phase === 'canary' ? 'promoted' : null;
}

const DIGITS = 13;

/**
 * Returns the place of a session in [0, 1): the first 52 bits of the digest of the canonical JSON
 * of `{pact, session}`. Under `canary` those below the share reach the live upstream.
 */
export function placeOf(pact: string, session: string): number {
  const digest = digestJson({ pact, session }).slice('sha256:'.length);
  return Number.parseInt(digest.slice(0, DIGITS), 16) / 16 ** DIGITS;
}

/** Returns where an action of a staged tool goes. */
export function routeOf(
  rule: StagingRule,
  phase: StagingPhase,
  of: { readonly pact: string; readonly session: string },
): Route {
  const isLive =
    phase === 'promoted' ||
    (phase === 'canary' && placeOf(of.pact, of.session) < (rule.share ?? 0));
  return isLive
    ? { side: 'live', upstream: null, phase }
    : { side: 'staging', upstream: rule.upstream, phase };
}

/** Returns the strictest of what the layers of a pact say, or null where none says anything. */
export function strictestStaging(rules: readonly StagingRule[]): StagingRule | null {
  return rules.reduce<StagingRule | null>((one, other) => {
    return one === null ? other : stricter(one, other);
  }, null);
}

function stricter(one: StagingRule, other: StagingRule): StagingRule {
  return {
    tools: [...new Set([...one.tools, ...other.tools])],
    upstream: one.upstream,
    share: smaller(one.share, other.share),
    begins: one.begins === 'staging' ? 'staging' : other.begins,
    promoteAfterMs: Math.max(one.promoteAfterMs, other.promoteAfterMs),
    sample: Math.max(one.sample, other.sample),
    checks: STAGING_CHECKS.flatMap((name) => {
      const named = [...one.checks, ...other.checks].filter((check) => check.name === name);
      const below = named.reduce<number | null>((least, check) => {
        return smaller(least, check.below);
      }, null);
      return named.length === 0 ? [] : [{ name, below }];
    }),
  };
}

function smaller(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
