const MARK = '#link=';

/**
 * Returns the one-use token of a sign-in link and takes it out of the address, or null where there
 * is none. It must not stay in the history of the browser.
 */
export function takeLink(): string | null {
  const { hash, pathname, search } = globalThis.location;
  if (!hash.startsWith(MARK)) return null;
  globalThis.history.replaceState(null, '', `${pathname}${search}`);
  return hash.slice(MARK.length);
}
