import { useCallback, useEffect, useSyncExternalStore } from 'react';

import type { PactFiles } from '../../../data/pacts.ts';
import { useSession } from '../../../data/session.ts';

/** What somebody is writing, and which version was armed when they began; null: none was. */
export type Draft = PactFiles & { readonly base: string | null };

// What somebody types stays while they look at other pages and when the page is loaded anew. It
// ends with the tab: what is written for one window is nobody else's.
const BEFORE = 'plumbline.draft ';
const drafts = new Map<string, Draft>();
const watchers = new Set<() => void>();

/** What this person writes for an agent, and how to keep or forget it. */
export function useDraft(
  agent: string,
): readonly [draft: Draft | null, keep: (draft: Draft | null) => void] {
  const person = useSession().data?.person ?? '';
  const place = `${BEFORE}${person} ${agent}`;
  const draft = useSyncExternalStore(watch, () => draftAt(place));
  const keep = useCallback((next: Draft | null) => keepAt(place, next), [place]);
  return [draft, keep];
}

/** Asks before the window closes over what is neither published nor kept anywhere else. */
export function useLeaveWarning(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    globalThis.addEventListener('beforeunload', ask);
    return () => globalThis.removeEventListener('beforeunload', ask);
  }, [isUnsaved]);
}

function draftAt(place: string): Draft | null {
  const known = drafts.get(place);
  if (known !== undefined) return known;
  const kept = readDraft(storage()?.getItem(place) ?? null);
  if (kept !== null) drafts.set(place, kept);
  return kept;
}

function keepAt(place: string, draft: Draft | null): void {
  if (draft === null) {
    drafts.delete(place);
    storage()?.removeItem(place);
  } else {
    drafts.set(place, draft);
    try {
      storage()?.setItem(place, JSON.stringify(draft));
    } catch {
      // What is too large for the browser to keep lives as long as the page, which asks before it
      // is left.
      storage()?.removeItem(place);
    }
  }
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Reads a draft as it was kept; null for anything else. */
export function readDraft(text: string | null): Draft | null {
  const kept: unknown = parsed(text);
  const member = (name: string): unknown => Reflect.get(Object(kept), name);
  const [entry, base, given] = [member('entry'), member('base'), member('files')];
  if (typeof entry !== 'string' || (typeof base !== 'string' && base !== null)) return null;
  const files = Object.entries(Object(given)).filter(
    (each): each is [string, string] => typeof each[1] === 'string',
  );
  if (!files.some(([name]) => name === entry)) return null;
  return { entry, base, files: Object.fromEntries(files) };
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function storage(): Storage | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
