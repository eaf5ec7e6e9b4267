import type { Browser, Page } from 'playwright-core';

/** The tasks of the page's main thread that were longer than 50 ms. */
export type LongTasks = {
  /** By the clock, which runs on while neighbours on the machine have the processor. */
  readonly byClock: number;
  readonly longestMs: number;
  /** In processor time. */
  readonly byProcessor: number;
  readonly longestProcessorMs: number;
};

type TraceEvent = {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

const LONG_US = 50_000;

/** Records every task of the main threads of pages until the function it returns is called. */
export async function watchTasks(browser: Browser, page: Page): Promise<() => Promise<LongTasks>> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  return async () => longTasks(parseTrace(await browser.stopTracing()));
}

function parseTrace(bytes: Buffer): readonly TraceEvent[] {
  const trace: unknown = JSON.parse(bytes.toString('utf8'));
  // The form is that of Chromium's traces, and this file reads no other.
  return Reflect.get(Object(trace), 'traceEvents') as readonly TraceEvent[];
}

function longTasks(events: readonly TraceEvent[]): LongTasks {
  const place = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(place),
  );
  const tasks = events.filter((event) => event.name.endsWith('RunTask') && mains.has(place(event)));
  const clock = tasks.map(({ dur = 0 }) => dur);
  const processor = tasks.map(({ tdur = 0 }) => tdur);
  const most = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b), 0);
  return {
    byClock: clock.filter((us) => us > LONG_US).length,
    longestMs: most(clock) / 1_000,
    byProcessor: processor.filter((us) => us > LONG_US).length,
    longestProcessorMs: most(processor) / 1_000,
  };
}
