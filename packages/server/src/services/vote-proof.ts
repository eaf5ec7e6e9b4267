import type { Caller } from '../routes/caller.ts';
import type { Demand, Factors, Proof, Proven, Purpose } from './factors/factors.ts';
import { refused } from './served.ts';
import type { Served } from './services.ts';

/** What a vote has to prove beside the key, and who checks it. */
export type VoteProving = {
  readonly factors: Pick<Factors, 'check'>;
  readonly demand: Demand;
};

/** The proof that came with one vote or a batch, and the request it has to be for. */
export type ShownProof = { readonly proof: Proof | undefined; readonly purpose: Purpose };

/**
 * Checks the proof of a person who approves; null where none is asked for. Who denies proves
 * nothing: a denial lets nothing through.
 */
export async function proveVotes(
  { factors, demand }: VoteProving,
  votes: readonly { readonly outcome: 'approve' | 'deny' }[],
  { by, shown }: { readonly by: Caller; readonly shown: ShownProof },
): Promise<Served<Proven | null>> {
  const isApproving = votes.some(({ outcome }) => outcome === 'approve');
  return factors.check(by, { demand: isApproving ? demand : 'none', ...shown });
}

/** Returns why a link does not carry this vote, or null: it proves who opens a mailbox. */
export function whyNotByLink(
  { demand }: VoteProving,
  { outcome }: { readonly outcome: 'approve' | 'deny' },
): Served<never> | null {
  if (demand === 'none' || outcome === 'deny') return null;
  return refused(
    'needs-proof',
    'approving takes a second factor here, which this does not carry: use `plumb approval ' +
      'approve --code`, or deny it',
  );
}
