/** A page of the console on which a person goes on. */
export type Place =
  | { readonly page: 'approvals' | 'agents' | 'sessions' | 'halts'; readonly id: string }
  | { readonly page: 'attention' };

/** What waits for people, whatever it is. */
export const ATTENTION: Place = { page: 'attention' };

/**
 * Returns the address of a page of the console, where people reach the daemon by that address;
 * null where none is configured. It holds no key: whoever follows it logs in.
 */
export function linkTo(url: string | null, place: Place): string | null {
  if (url === null) return null;
  const rest = place.page === 'attention' ? '' : `/${encodeURIComponent(place.id)}`;
  return `${url}/console/${place.page}${rest}`;
}

/** Returns the page of what an event names: its halt, else its session, its agent, or none. */
export function placeOf({
  halt = null,
  session = null,
  agent = null,
}: {
  readonly halt?: string | null | undefined;
  readonly session?: string | null | undefined;
  readonly agent?: string | null | undefined;
}): Place {
  if (halt !== null) return { page: 'halts', id: halt };
  if (session !== null) return { page: 'sessions', id: session };
  return agent === null ? ATTENTION : { page: 'agents', id: agent };
}
