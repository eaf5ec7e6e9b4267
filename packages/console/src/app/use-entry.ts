import { useState } from 'react';

import { ApiProblem } from '../data/problem.ts';
import { useSignIn } from '../data/session.ts';

/** A way of signing in on its way: what it lacks still, and what went wrong. */
export type Entry = {
  readonly isBusy: boolean;
  /** Whether a second factor is asked for. */
  readonly needsProof: boolean;
  readonly error: Error | null;
  readonly enter: (way: Readonly<Record<string, unknown>>, code: string) => void;
};

/** Signs in; who has a second factor is asked for its code once the first is right. */
export function useEntry(onEntered: () => void): Entry {
  const signIn = useSignIn();
  const [needsProof, setNeedsProof] = useState(false);
  const enter: Entry['enter'] = (way, code) => {
    const proof = code === '' ? {} : { proof: { factor: 'totp', code } };
    signIn.mutate(
      { ...way, ...proof },
      {
        onSuccess: onEntered,
        onError: (error) => {
          if (error instanceof ApiProblem && error.code === 'needs-proof') setNeedsProof(true);
        },
      },
    );
  };
  const isAsking = signIn.error instanceof ApiProblem && signIn.error.code === 'needs-proof';
  const error = isAsking ? null : signIn.error;
  return { isBusy: signIn.isPending, needsProof, error, enter };
}
