import 'uplot/dist/uPlot.min.css';

import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';

import classes from './chart.module.css';
import { usePreferences } from './preferences.ts';

type ChartProps = {
  /** What the chart shows, for those who hear the page. */
  readonly label: string;
  /** Moments in ms UTC, ascending. */
  readonly at: readonly number[];
  readonly lines: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly tone: 'accent' | 'danger' | 'warn' | 'good';
  }[];
  readonly height?: number;
};

/** Lines over time. A page loads this part of the kit only where it draws one. */
export function Chart(props: ChartProps): ReactElement {
  const [{ theme }] = usePreferences();
  // The colours of a canvas are drawn once: another theme is another chart.
  return <Canvas key={theme} {...props} />;
}

function Canvas({ label, at, lines, height = 180 }: ChartProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [{ zone }] = usePreferences();
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const colour = (name: string): string => resolved(element, name);
    const axis = { stroke: colour('--ink-soft'), grid: { stroke: colour('--line'), width: 1 } };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height,
        ms: 1,
        tzDate: (ms) => (zone === 'utc' ? UPlot.tzDate(new Date(ms), 'Etc/UTC') : new Date(ms)),
        axes: [axis, axis],
        series: [
          {},
          ...lines.map(({ name, tone }) => ({
            label: name,
            stroke: colour(`--${tone}`),
            width: 1.5,
          })),
        ],
      },
      [[...at], ...lines.map(({ values }) => [...values])],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [at, lines, height, zone]);
  return <div ref={box} className={classes['chart']} role="img" aria-label={label} />;
}

/** A canvas knows no `light-dark()`: the colour is asked of an element that has it. */
function resolved(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
