import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { askPasskey } from '../data/passkey.ts';
import { ApiProblem } from '../data/problem.ts';
import { useSignIn } from '../data/session.ts';

/** How somebody proves that it is them, beside what they came with. */
export type EntryProof =
  | { readonly way: 'none' }
  | { readonly way: 'code'; readonly code: string }
  | { readonly way: 'passkey' };

/** A way of signing in on its way: what it lacks still, and what went wrong. */
export type Entry = {
  readonly isBusy: boolean;
  /** The kinds of factors that are asked for; null: none is. */
  readonly proofs: readonly string[] | null;
  readonly error: Error | null;
  readonly enter: (way: Readonly<Record<string, unknown>>, proof: EntryProof) => void;
};

/** Signs in; who has a second factor is asked for it once the first is right. */
export function useEntry(
  onEntered: () => void,
  firstProofs: readonly string[] | null = null,
): Entry {
  const signIn = useSignIn();
  const [proofs, setProofs] = useState(firstProofs);
  const entry = useMutation({
    mutationFn: async ({ way, proof }: Entering) =>
      signIn.mutateAsync({ ...way, ...(await proofOf(proof)) }),
    onSuccess: onEntered,
    onError: (error) => {
      if (wantsProof(error)) setProofs(error.proofs ?? ['totp']);
    },
  });
  // Who has no factor at all is told how to come by one; else the fields below ask for it.
  const isAsking = wantsProof(entry.error) && entry.error.proofs?.length !== 0;
  return {
    isBusy: entry.isPending,
    proofs,
    error: isAsking ? null : entry.error,
    enter: (way, proof) => entry.mutate({ way, proof }),
  };
}

type Entering = { readonly way: Readonly<Record<string, unknown>>; readonly proof: EntryProof };

async function proofOf(proof: EntryProof): Promise<{ readonly proof?: object }> {
  switch (proof.way) {
    case 'none':
      return {};
    case 'code':
      return { proof: { factor: 'totp', code: proof.code } };
    case 'passkey': {
      const { response } = await askPasskey();
      return { proof: { factor: 'webauthn', response } };
    }
  }
}

function wantsProof(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.code === 'needs-proof';
}
