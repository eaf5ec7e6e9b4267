import { cpus, loadavg, totalmem } from 'node:os';

import type { LengthRow } from './length.bench.ts';
import type { Spread } from './measure.ts';
import type { MemoryRow } from './memory.bench.ts';
import type { PeerRow } from './peers.bench.ts';
import type { ReplayRow } from './replay.bench.ts';
import type { TurnRow } from './turn.bench.ts';

/** Everything one run of the benchmarks measured. */
export type Results = {
  readonly sessions: number;
  readonly actions: number;
  readonly turns: readonly TurnRow[];
  readonly peers: readonly PeerRow[];
  readonly memory: readonly MemoryRow[];
  readonly lengths: readonly LengthRow[];
  readonly replay: ReplayRow;
};

/** Returns the measured part of docs/benchmarks.md. */
export function renderPage(results: Results): string {
  return [
    machine(results),
    '### The turn',
    turnTable(results.turns),
    '### Beside its peers: the decision alone',
    peerTable(results.peers),
    '### Memory per open session',
    memoryTable(results.memory),
    '### A long session',
    lengthTable(results.lengths),
    '### Replay',
    replayTable(results.replay),
  ].join('\n\n');
}

function machine({ sessions, actions }: Results): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown';
  const gib = Math.round(totalmem() / 1_024 ** 3);
  return [
    `Machine: ${all.length} cores (${model}), ${gib} GiB, Node ${process.versions.node};`,
    `${(loadavg()[2] ?? 0).toFixed(1)} runnable programs on average while this was measured.`,
    `Input: ${count(sessions)} recorded sessions with ${count(actions)} actions.`,
  ].join('\n');
}

function turnTable(rows: readonly TurnRow[]): string {
  const head = ['rules', 'turns/s per core', 'p50 µs', 'p99 µs', 'p99.9 µs'];
  return table(
    head,
    rows.map(({ rules, perSecond, p50, p99, p999 }) => [
      count(rules),
      whole(perSecond),
      tenths(p50),
      tenths(p99),
      tenths(p999),
    ]),
  );
}

function peerTable(rows: readonly PeerRow[]): string {
  const sizes = [...new Set(rows.map(({ rules }) => rules))];
  const names = [...new Set(rows.map(({ name }) => name))];
  const cell = (name: string, rules: number): string => {
    const row = rows.find((each) => each.name === name && each.rules === rules);
    const ours = rows.find((each) => each.rules === rules);
    if (row === undefined || ours === undefined) return '';
    const ratio = row.perSecond.median / ours.perSecond.median;
    return `${whole(row.perSecond)}, ${ratioText(ratio)}${agreement(row)}`;
  };
  const head = [
    'decisions/s per core, ratio to the first row',
    ...sizes.map((size) => `${count(size)} rule${size === 1 ? '' : 's'}`),
  ];
  return table(
    head,
    names.map((name) => [name, ...sizes.map((size) => cell(name, size))]),
  );
}

function agreement({ asked, differs }: PeerRow): string {
  return differs === 0 ? '' : ` (${count(differs)} of ${count(asked)} answered otherwise)`;
}

function ratioText(ratio: number): string {
  return ratio >= 0.1 ? `${ratio.toFixed(2)}×` : `1/${count(Math.round(1 / ratio))}`;
}

function memoryTable(rows: readonly MemoryRow[]): string {
  return table(
    ['open sessions', 'heap per session'],
    rows.map(({ sessions, bytesPerSession }) => [
      count(sessions),
      `${(bytesPerSession / 1_024).toFixed(1)} KiB`,
    ]),
  );
}

function lengthTable(rows: readonly LengthRow[]): string {
  return table(
    ['actions in the session', 'µs per turn at its end', 'heap of the session'],
    rows.map(({ actions, turnUs, heapKiB }) => [
      count(actions),
      tenths(turnUs),
      `${count(Math.round(heapKiB))} KiB`,
    ]),
  );
}

function replayTable({ actions, kernelPerSecond, replayMs, bareMs, share }: ReplayRow): string {
  return table(
    ['actions', 'kernel actions/s', 'replay ms', 'read and parse alone ms', 'share'],
    [[count(actions), whole(kernelPerSecond), whole(replayMs), whole(bareMs), percent(share)]],
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function whole(spread: Spread): string {
  return spreadText(spread, (value) => count(Math.round(value)));
}

function tenths(spread: Spread): string {
  return spreadText(spread, (value) => value.toFixed(1));
}

function percent(spread: Spread): string {
  return spreadText(spread, (value) => `${Math.round(value * 100)} %`);
}

function spreadText({ median, least, greatest }: Spread, text: (value: number) => string): string {
  return `${text(median)} (${text(least)}–${text(greatest)})`;
}
