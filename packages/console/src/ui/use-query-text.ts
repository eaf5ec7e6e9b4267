import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

/**
 * A piece of state that lives in the address: `?name=…`. Deep links carry it, and going back undoes
 * it. An empty text takes it out of the address.
 */
export function useQueryText(
  name: string,
  fallback = '',
): readonly [string, (text: string) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const text = new URLSearchParams(search).get(name) ?? fallback;
  const write = useCallback(
    (next: string) => {
      // The address is read when it is written: two states may change in one turn.
      const params = new URLSearchParams(globalThis.location.search);
      if (next === fallback) params.delete(name);
      else params.set(name, next);
      const query = params.toString();
      navigate(query === '' ? path : `${path}?${query}`, { replace: true });
    },
    [name, fallback, path, navigate],
  );
  return [text, write];
}
