import { loadavg } from 'node:os';

import { count, whole } from '../../cells.ts';
import { spreadOf } from '../../measure.ts';
import type { Section } from '../section.ts';
import type { Acted, FirstView, LiveActed } from './drive-page.ts';

/** How the pages came up. */
export function firstSection(
  views: ReadonlyMap<string, readonly FirstView[]>,
  { entries, startMs }: { readonly entries: number; readonly startMs: number },
): Section {
  const [bare = []] = views.values();
  const bareMs = spreadOf(bare.map(({ ms }) => ms)).median;
  return {
    title: 'The console: first view',
    says: [
      `A log of ${count(entries)} entries; the daemon answered ${seconds(startMs)} s after its`,
      'start. Each view is',
      'of a browser with nothing cached, from the address until rows are painted; pages alternate.',
      'The bare page has 500 rows and no script to draw them. Aim: 1,500 ms, and 350,000 bytes. No',
      `request is for a row. Load of the machine: ${loadText()}.`,
    ].join('\n'),
    head: ['page', 'ms', 'of the bare page', 'questions to the API', 'files', 'bytes, gzip'],
    rows: [...views].map(([name, of]) => {
      const ms = spreadOf(of.map((view) => view.ms));
      const { files, gzipBytes } = of.at(-1)?.bundle ?? { files: 0, gzipBytes: 0 };
      const requests = Math.max(...of.map((view) => view.requests));
      const share = `${(ms.median / bareMs).toFixed(1)}×`;
      return [name, whole(ms), share, count(requests), count(files), count(gzipBytes)];
    }),
  };
}

/** How the pages scroll and filter while nothing is written. */
export function actedSection(acted: ReadonlyMap<string, Acted>): Section {
  const [bare] = acted.values();
  return {
    title: 'The console: scrolling and filtering',
    says: [
      'Every time in ms: 50 %, 95 % and the longest. A scroll is by most of a screen, until it is',
      'painted; a key is one in the filter, until the rows that match are. The ratio is of 95 % to',
      'the bare page, whose filter hides rows. Tasks are those of the main thread over 50 ms, by',
      'the clock · by processor time, with the longest: neighbours on the machine count by the',
      `clock alone. Aim: 100 ms, and no such task. Load of the machine: ${loadText()}.`,
    ].join('\n'),
    head: ['page', 'scroll', 'ratio', 'key', 'ratio', 'tasks', 'longest task', 'requests'],
    rows: [...acted].map(([name, of]) => [
      name,
      times(of.scrolls),
      ratio(of.scrolls, bare?.scrolls),
      times(of.keys),
      ratio(of.keys, bare?.keys),
      taskCount(of),
      longest(of),
      count(of.requests),
    ]),
  };
}

/** How the pages answer while entries come in. */
export function liveSection(acted: ReadonlyMap<string, LiveActed>, perSecond: number): Section {
  return {
    title: 'The console: live',
    says: [
      `The same while ${count(perSecond)} entries a second are written in 41 sessions. An`,
      'interaction is a key or a press until the next paint, as the browser tells it; those under',
      '16 ms it does not tell, and they count as 16. Aim: 95 % under 100 ms, no task over 50 ms.',
      'The daemon, what writes, and the browser share the machine. What ran in the longest frame',
      'is named where there was one.',
    ].join('\n'),
    head: [
      'page',
      'entries/s',
      'interaction',
      'scroll',
      'key',
      'tasks',
      'longest task',
      'requests',
      'load',
      'longest frame',
    ],
    rows: [...acted].map(([name, of]) => [
      name,
      count(Math.round(of.perSecond)),
      `${times(withUntold(of))} of ${count(of.interactionCount)}`,
      times(of.scrolls),
      times(of.keys),
      taskCount(of),
      longest(of),
      count(of.requests),
      of.load.toFixed(1),
      of.slow.map(({ ms, where }) => `${Math.round(ms)} ms ${where}`)[0] ?? '',
    ]),
  };
}

function withUntold({ interactions, interactionCount }: Acted): readonly number[] {
  const untold = Math.max(0, interactionCount - interactions.length);
  return [...interactions, ...Array.from({ length: untold }, () => 16)];
}

function taskCount({ byClock, byProcessor }: Acted): string {
  return `${count(byClock)} · ${count(byProcessor)}`;
}

function longest({ longestMs, longestProcessorMs }: Acted): string {
  return `${Math.round(longestMs)} · ${Math.round(longestProcessorMs)} ms`;
}

function times(all: readonly number[]): string {
  if (all.length === 0) return '–';
  return [0.5, 0.95, 1].map((share) => String(Math.round(at(all, share)))).join(', ');
}

function ratio(own: readonly number[], bare: readonly number[] = []): string {
  if (own.length === 0 || bare.length === 0) return '–';
  return `${(at(own, 0.95) / at(bare, 0.95)).toFixed(1)}×`;
}

function at(all: readonly number[], share: number): number {
  const sorted = all.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function loadText(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}
