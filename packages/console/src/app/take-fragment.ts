/** A one-use link that the address carried. */
export type CarriedLink = {
  readonly token: string;
  /** Whether somebody else's page led here: then nothing is done before the person says so. */
  readonly isLed: boolean;
};

const LINKS_AT = '/console/sign-in';

/**
 * Returns the one-use link of the address and takes it out, or null where there is none. It must
 * not stay in the history of the browser. The daemon marks addresses that others led to.
 */
export function takeLink(): CarriedLink | null {
  const { pathname, search } = globalThis.location;
  const isLed = pathname !== LINKS_AT || new URLSearchParams(search).has('led');
  const token = takeFragment('#link=');
  return token === null ? null : { token, isLed };
}

/** Returns why signing in with an issuer failed, taken out of the address; null: it did not. */
export function takeProblem(): string | null {
  return takeFragment('#problem=');
}

function takeFragment(mark: string): string | null {
  const { hash, pathname, search } = globalThis.location;
  if (!hash.startsWith(mark)) return null;
  const query = new URLSearchParams(search);
  query.delete('led');
  const rest = query.size === 0 ? '' : `?${query.toString()}`;
  globalThis.history.replaceState(null, '', `${pathname}${rest}`);
  return hash.slice(mark.length);
}
