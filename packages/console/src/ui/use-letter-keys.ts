import { useEffect, useRef } from 'react';

import { usePreferences } from './preferences.ts';

/**
 * Runs what belongs to a letter when it is pressed alone, outside of fields and dialogs. Who
 * switched letter keys off, because something speaks for their hands, is never surprised by one.
 */
export function useLetterKeys(keys: Readonly<Record<string, () => void>>): void {
  const [{ hasLetterKeys }] = usePreferences();
  const known = useRef(keys);
  useEffect(() => {
    known.current = keys;
  });
  useEffect(() => {
    if (!hasLetterKeys) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const { key, target, repeat, ctrlKey, metaKey, altKey } = event;
      if (repeat || ctrlKey || metaKey || altKey || isWriting(target)) return;
      const act = known.current[key.toLowerCase()];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [hasLetterKeys]);
}

function isWriting(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return true;
  return (
    target instanceof Element &&
    target.closest('input, textarea, select, [contenteditable="true"]') !== null
  );
}
