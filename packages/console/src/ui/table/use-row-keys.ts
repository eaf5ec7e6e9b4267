import { type KeyboardEvent, type RefObject, useState } from 'react';
import { useLocation } from 'wouter';

import { rowAfter } from './row-after.ts';

type RowKeys = {
  /** The row the tab key stops at. */
  readonly current: number;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
};

/** Arrows go from row to row, Enter follows one. */
export function useRowKeys({
  box,
  count,
  hrefAt,
  scrollTo,
}: {
  readonly box: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly hrefAt: (index: number) => string | null;
  readonly scrollTo: (index: number) => void;
}): RowKeys {
  const [, navigate] = useLocation();
  const [current, setCurrent] = useState(0);
  const focus = (index: number): void => {
    setCurrent(index);
    scrollTo(index);
    const row = (): HTMLElement | null | undefined =>
      box.current?.querySelector<HTMLElement>(`tr[data-row="${index}"]`);
    // A row that is far away is drawn only after the scroll; a near one takes the next key at once.
    if (row() == null) requestAnimationFrame(() => row()?.focus());
    else row()?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { target } = event;
    const at = target instanceof HTMLElement ? Number(target.dataset['row']) : Number.NaN;
    if (Number.isNaN(at)) return;
    const href = event.key === 'Enter' ? hrefAt(at) : null;
    if (href !== null) navigate(href);
    const next = rowAfter(event.key, at, count);
    if (next === null) return;
    event.preventDefault();
    focus(next);
  };
  return { current: Math.min(current, Math.max(0, count - 1)), onKeyDown };
}
