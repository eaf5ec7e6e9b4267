import { count, percent, table, tenths, whole } from './cells.ts';
import type { LengthRow } from './length.bench.ts';
import { machineText } from './machine.ts';
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
    `${machineText()}\n${input(results)}`,
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

function input({ sessions, actions }: Results): string {
  return `Input: ${count(sessions)} recorded sessions with ${count(actions)} actions.`;
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
