import {
  type QueryKey,
  useMutation,
  type UseMutationResult,
  useQueryClient,
} from '@tanstack/react-query';

/** Something a person orders, and how far it is. */
export type Order<Made, Wanted> = Omit<UseMutationResult<Made, Error, Wanted>, 'mutate'> & {
  /** Orders it. What follows is called also when what ordered it has left the page meanwhile. */
  readonly mutate: (wanted: Wanted, then?: Following<Made>) => void;
};

type Following<Made> = {
  readonly onSuccess?: (made: Made) => void;
  readonly onError?: (error: Error) => void;
};

/**
 * Carries out an order, and asks anew for what it `touches` (everything, when not said) also after
 * a failure: then something else happened than what is shown. TanStack's own `mutate` forgets its
 * callbacks with the component that called it, and the live stream may take away what was pressed
 * before the answer to it is there.
 */
export function useOrder<Made, Wanted>(
  give: (wanted: Wanted) => Promise<Made>,
  touches?: QueryKey,
): Order<Made, Wanted> {
  const client = useQueryClient();
  const filter = touches === undefined ? {} : { queryKey: touches };
  const mutation = useMutation<Made, Error, Wanted>({
    mutationFn: give,
    // Not waited for: an order is done when it is carried out, not when all is shown anew.
    onSettled: () => void client.invalidateQueries(filter),
  });
  return {
    ...mutation,
    mutate: (wanted, then) =>
      void mutation
        .mutateAsync(wanted)
        .then(then?.onSuccess, (error: Error) => then?.onError?.(error)),
  };
}
