import { useCallback, useState } from 'react';

/** The width of an element in pixels, kept up to date; 0 until it is measured. */
export function useWidth(): readonly [
  (element: HTMLElement | null) => (() => void) | void,
  number,
] {
  const [width, setWidth] = useState(0);
  const measure = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measure, width];
}
