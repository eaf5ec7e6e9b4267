let shown: string | null = null;

/** The sign-in whose person this window shows, or null while it shows nobody's. */
export function shownSignIn(): string | null {
  return shown;
}

/** Notes whose window this is from now on. */
export function showSignIn(id: string | null): void {
  shown = id;
}
