import type { Checkpoint, OpenedCheckpoint } from '../note/checkpoint.ts';
import { meetsQuorum, type Policy } from './policy.ts';
import type { Primitives } from '../primitives.ts';
import { type Result, fault, ok } from '../result.ts';
import { findSignature } from '../note/signature.ts';
import type { VerifierKey } from '../note/verifier-key.ts';

/** A witness that cosigned, by its policy name, and when it says it did. */
export type Cosigned = { readonly witness: string; readonly timeSeconds: number };

/** What the signatures under a checkpoint are worth to one policy. */
export type Assessment = {
  readonly checkpoint: Checkpoint;
  readonly logKey: VerifierKey | undefined;
  readonly cosigned: readonly Cosigned[];
  /** False too when the policy asks for no witness: none has seen the log then. */
  readonly hasQuorum: boolean;
};

/**
 * Returns which log key of the policy signed a checkpoint and which witnesses cosigned it.
 *
 * Errors: `bad-signature` as soon as one signature of a key in the policy does not verify.
 */
export async function assessCheckpoint(
  primitives: Primitives,
  policy: Policy,
  { checkpoint, note }: OpenedCheckpoint,
): Promise<Result<Assessment>> {
  let logKey: VerifierKey | undefined;
  for (const { key } of policy.logs) {
    const signed = await findSignature(primitives, note, key);
    if (!signed.ok) return signed;
    if (key.name === checkpoint.origin) logKey ??= signed.value?.key;
  }
  const cosigned: Cosigned[] = [];
  for (const { name, key } of policy.witnesses) {
    const signed = await findSignature(primitives, note, key);
    if (!signed.ok) return signed;
    const timeSeconds = signed.value?.timeSeconds;
    if (timeSeconds !== undefined) cosigned.push({ witness: name, timeSeconds });
  }
  const isMet = meetsQuorum(policy, new Set(cosigned.map(({ witness }) => witness)));
  const hasQuorum = isMet && policy.quorum !== 'none';
  return ok({ checkpoint, logKey, cosigned, hasQuorum });
}

/** Returns the assessment when the policy accepts the checkpoint, `missing` when it does not. */
export function requireAccepted(policy: Policy, assessment: Assessment): Result<Assessment> {
  const { checkpoint, logKey, cosigned, hasQuorum } = assessment;
  if (logKey === undefined) {
    return fault('missing', `no log key of the policy signed \`${checkpoint.origin}\``);
  }
  if (!hasQuorum && policy.quorum !== 'none') {
    return fault('missing', `quorum \`${policy.quorum}\` not met by ${cosigned.length} witnesses`);
  }
  return ok(assessment);
}
