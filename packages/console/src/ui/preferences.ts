import { useSyncExternalStore } from 'react';

import type { Zone } from './time-text.ts';

/** What a reader chose for this browser. */
export type Preferences = {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: Zone;
  /** Whether single letters do things; whoever speaks to a computer switches them off. */
  readonly hasLetterKeys: boolean;
};

const PLACE = 'plumbline.preferences';
const watchers = new Set<() => void>();
let current = readPreferences();

/** What this reader chose, and how to choose otherwise. */
export function usePreferences(): readonly [Preferences, (chosen: Partial<Preferences>) => void] {
  return [useSyncExternalStore(watch, () => current), choose];
}

/** Puts the chosen theme into force; asked once before anything is drawn. */
export function applyTheme(): void {
  const { theme } = current;
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

function choose(chosen: Partial<Preferences>): void {
  current = { ...current, ...chosen };
  applyTheme();
  for (const watcher of watchers) watcher();
  // A browser that keeps nothing for pages forgets the choice when the page is closed.
  if (canKeep()) localStorage.setItem(PLACE, JSON.stringify(current));
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function readPreferences(): Preferences {
  const kept: unknown = canKeep() ? parsed(localStorage.getItem(PLACE)) : null;
  const member = (name: string): unknown => Reflect.get(Object(kept), name);
  const theme = member('theme');
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    zone: member('zone') === 'utc' ? 'utc' : 'local',
    hasLetterKeys: member('hasLetterKeys') !== false,
  };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function canKeep(): boolean {
  try {
    return typeof localStorage === 'object';
  } catch {
    return false;
  }
}
