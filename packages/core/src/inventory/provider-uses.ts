import { isJsonObject, type Json, parsedJson } from '../json.ts';
import { err, ok, type Result } from '../result.ts';

/**
 * One use of a credential as its provider tells it. `id` is what the caller sent as idempotency
 * key, which is the decision's id for calls of the broker; `at` is ms UTC.
 */
export type ProviderUse = {
  readonly line: number;
  readonly at: number | null;
  readonly id: string | null;
  readonly credential: string | null;
};

/** A use of a credential as the ledger holds it. */
export type KnownUse = { readonly at: number; readonly credential: string };

/** A use that no permit stands behind, or the second one of a permit. */
export type OddUse = { readonly use: ProviderUse; readonly what: 'credential' | 'twice' };

const APART_MS = 60_000;

/**
 * Returns what one line of a provider's record says: a JSON object with `time` (ISO 8601, or a
 * number of seconds or milliseconds), and `id`, `idempotency_key` or `credential`.
 */
export function readProviderUse(text: string, line: number): Result<ProviderUse, string> {
  const value = parsedJson(text);
  if (value === undefined || !isJsonObject(value)) return err('is no JSON object');
  const [id, key, credential] = [value['id'], value['idempotency_key'], value['credential']];
  const named = textOf(key) ?? textOf(id);
  const use = { line, at: momentOf(value['time']), id: named, credential: textOf(credential) };
  if (use.id === null && use.credential === null) {
    return err('has neither `id` nor `idempotency_key` nor `credential`');
  }
  if (use.id === null && use.at === null) return err('has no `time`, and no id to go by');
  return ok(use);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null;
}

function momentOf(value: Json | undefined): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : value;
  if (typeof at !== 'number' || !Number.isFinite(at) || at < 0) return null;
  // Seconds until the year 5138, milliseconds since 1973.
  return Math.round(at < 1e11 ? at * 1_000 : at);
}

/**
 * Returns the uses that were made without a permit, and those of a permit that was used already.
 * `permits` are the ids of decisions whose permit was redeemed; `known` are the uses the ledger
 * holds, for a use without an id: each stands behind one, at most a minute apart.
 */
export function oddUses(
  uses: readonly ProviderUse[],
  {
    permits,
    known,
  }: { readonly permits: ReadonlySet<string>; readonly known: readonly KnownUse[] },
): readonly OddUse[] {
  const seen = new Set<string>();
  const left = new Set(known);
  return uses.flatMap((use): readonly OddUse[] => {
    const { id, at, credential } = use;
    if (id !== null) {
      if (!permits.has(id)) return [{ use, what: 'credential' }];
      if (seen.has(id)) return [{ use, what: 'twice' }];
      seen.add(id);
      return [];
    }
    const behind = [...left].find(
      (each) => each.credential === credential && Math.abs(each.at - (at ?? 0)) <= APART_MS,
    );
    if (behind === undefined) return [{ use, what: 'credential' }];
    left.delete(behind);
    return [];
  });
}
