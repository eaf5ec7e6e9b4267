import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';

import { isPassing, isSignedOut } from './problem.ts';
import { SESSION_KEY } from './session.ts';

const MOST_TRIES = 2;

/** The one cache of what the daemon said. A session that ended anywhere shows the sign-in page. */
export function makeQueryClient(): QueryClient {
  const lookAgain = (error: unknown): void => {
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: SESSION_KEY });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: lookAgain }),
    mutationCache: new MutationCache({ onError: lookAgain }),
    defaultOptions: {
      queries: {
        retry: (tries, error) => tries < MOST_TRIES && isPassing(error),
        // The live stream says what changed; a window that is looked at again asks for nothing.
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        staleTime: 5_000,
        gcTime: 300_000,
        networkMode: 'always',
      },
      // What a person did is never done twice by itself.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
