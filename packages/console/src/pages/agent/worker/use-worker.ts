import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

import { askWorker } from './ask-worker.ts';
import type { QuestionName, Questions } from './questions.ts';

/** What the worker answers; while another question is answered, the answer of before stays. */
export function useWorker<Name extends QuestionName>(
  name: Name,
  asked: Questions[Name]['asked'] | null,
): UseQueryResult<Questions[Name]['answer']> {
  return useQuery({
    queryKey: ['worker', name, asked],
    queryFn: () => {
      if (asked === null) throw new Error('nothing is asked');
      return askWorker(name, asked);
    },
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
  });
}
