import { isAt } from './page-at.ts';
import { PAGES } from './page-list.ts';

const BASE = /^\/console(?=\/|$)/;

/** Loads the page of an address while it is still asked who is signed in: both take a while. */
export function loadPage({ pathname }: Pick<Location, 'pathname'>): void {
  const path = pathname.replace(BASE, '');
  const entry = PAGES.find(({ path: pattern }) => isAt(pattern, path));
  // What cannot be loaded is said once the page is drawn, which asks for it again.
  entry?.load().catch(() => undefined);
}
