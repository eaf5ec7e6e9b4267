import type { Entry } from '@plumbline/core';

/** A sign-in that the ledger says began. */
export type OpenSignIn = { readonly person: string; readonly by: string };

/** Takes the next entry of the ledger; entries of other kinds say nothing here. */
export function foldSignIn(
  open: Map<string, OpenSignIn>,
  { kind, open: { signIn, person, by } }: Pick<Entry, 'kind' | 'open'>,
): void {
  if (typeof signIn !== 'string') return;
  if (kind === 'signed_out') open.delete(signIn);
  if (kind !== 'signed_in' || typeof person !== 'string' || typeof by !== 'string') return;
  open.set(signIn, { person, by });
}
