/**
 * Returns the one-use token of a sign-in link and takes it out of the address, or null where there
 * is none. It must not stay in the history of the browser.
 */
export function takeLink(): string | null {
  return takeFragment('#link=');
}

/** Returns why signing in with an issuer failed, taken out of the address; null: it did not. */
export function takeProblem(): string | null {
  const problem = takeFragment('#problem=');
  return problem === null ? null : decoded(problem);
}

function takeFragment(mark: string): string | null {
  const { hash, pathname, search } = globalThis.location;
  if (!hash.startsWith(mark)) return null;
  globalThis.history.replaceState(null, '', `${pathname}${search}`);
  return hash.slice(mark.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
