import { z } from 'zod';

import type { Proof, Purpose } from '../../services/factors/factors.ts';
import { object } from '../shapes.ts';

/** The digits an authenticator app shows. */
export const code: z.ZodType<string> = z.string().regex(/^[0-9]{6}$/, 'must be six digits');

/** What proves a second factor; see `Proof`. */
export const proof: z.ZodType<Proof> = z.discriminatedUnion('factor', [
  z.strictObject({ factor: z.literal('totp'), code }),
  z.strictObject({ factor: z.literal('webauthn'), response: object }),
]);

/** The two kinds of factors. */
export const factorKind: z.ZodType<'totp' | 'webauthn'> = z.enum(['totp', 'webauthn']);

/** The id of a factor, as the daemon made it. */
export const factorId: z.ZodType<string> = z.string().regex(/^fac_[0-9a-f]{16}$/);

/**
 * Returns what a proof that comes with a request must be for: the path the request is sent to, and
 * its body without the proof.
 */
export function purposeOf(path: string, body: object): Purpose {
  const members = Object.entries(body).filter(
    ([name, value]) => name !== 'proof' && value !== undefined,
  );
  return { path, body: Object.fromEntries(members) };
}
