import { setTimeout } from 'node:timers/promises';
import { type Entry, ENTRY_KINDS } from '@plumbline/core';
import { type OfflineRecord, statedSize } from '@plumbline/server';

import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { type Read, scan } from './scan.ts';

/** The options of `plumb log tail`. */
export type TailCommand = RecordOptions & {
  readonly lines: string;
  readonly follow?: boolean;
  readonly agent?: string;
  readonly session?: string;
  readonly kind?: string;
};

const LOOK_EVERY_MS = 500;
const MOST_LINES = 10_000;
const FIRST_SPAN = 256;

/** Lists the last entries, and goes on when asked to. */
export function tailLog(
  where: string | undefined,
  options: TailCommand,
  shell: Shell,
): Promise<void> {
  const lines = Number(options.lines);
  if (!Number.isSafeInteger(lines) || lines < 0 || lines > MOST_LINES) {
    throw new Stop(`--lines must be a whole number up to ${MOST_LINES}`);
  }
  if (options.kind !== undefined && !ENTRY_KINDS.some((kind) => kind === options.kind)) {
    throw new Stop(`--kind \`${options.kind}\` is none of ${ENTRY_KINDS.join(', ')}`);
  }
  return withRecord({ where, options, shell }, (record) => {
    return tailRecord(record, { options, lines, shell });
  });
}

type Around = { readonly options: TailCommand; readonly lines: number; readonly shell: Shell };

async function tailRecord(record: OfflineRecord, around: Around): Promise<void> {
  const { options, lines, shell } = around;
  const last = await lastOf(record, options, lines);
  if (options.json === true && options.follow !== true) {
    shell.screen.json({ entries: last.map(({ index, entry }) => ({ index, ...entry })) });
    return;
  }
  if (last.length === 0 && lines > 0) shell.screen.note(`${await whyEmpty(record, around)}\n`);
  for (const read of last) print(read, around);
  if (options.follow === true) await follow(record, around);
}

async function whyEmpty(record: OfflineRecord, { options, shell }: Around): Promise<string> {
  const { agent, session, kind } = options;
  if ((await statedSize(record)) === 0) return 'the log has no entry yet';
  const asked = Object.entries({ agent, session, kind }).flatMap(([name, value]) => {
    return value === undefined ? [] : [`--${name} ${value}`];
  });
  const all = `\`${shell.program} log tail\` without it lists every entry`;
  return `no entry matches ${asked.join(' ')}; ${all}`;
}

/** Looks from the end, further back until there are enough. */
async function lastOf(
  record: OfflineRecord,
  options: TailCommand,
  lines: number,
): Promise<readonly Read[]> {
  const size = await statedSize(record);
  for (let span = lines + FIRST_SPAN; ; span *= 8) {
    const from = Math.max(0, size - span);
    const last: Read[] = [];
    for await (const read of scan(record, { from, until: size })) {
      if (!isWanted(read.entry, options)) continue;
      last.push(read);
      if (last.length > lines) last.shift();
    }
    if (from === 0 || last.length === lines) return last;
  }
}

/** Ends when the program is told to. A log that got shorter was rolled: it is read from 0 again. */
async function follow(record: OfflineRecord, around: Around): Promise<void> {
  let from = await statedSize(record);
  for (;;) {
    await setTimeout(LOOK_EVERY_MS);
    const size = await statedSize(record);
    if (size < from) from = 0;
    for await (const read of scan(record, { from, until: size })) {
      if (isWanted(read.entry, around.options)) print(read, around);
    }
    from = size;
  }
}

function isWanted(entry: Entry, { agent, session, kind }: TailCommand): boolean {
  return (
    (agent === undefined || entry.agent === agent) &&
    (session === undefined || entry.session === session) &&
    (kind === undefined || entry.kind === kind)
  );
}

function print({ index, entry }: Read, { options, shell }: Around): void {
  if (options.json === true) shell.screen.print(JSON.stringify({ index, ...entry }));
  else shell.screen.print(entryLine(index, entry, shell));
}

/** Returns an entry in one line: index, moment, chain, kind and what is open. */
export function entryLine(index: number, entry: Entry, { screen }: Pick<Shell, 'screen'>): string {
  const { at, agent, session, kind, open } = entry;
  const { dim, bold } = screen.colors;
  const chain = [agent ?? 'node', ...(session === null ? [] : [session])].join(' ');
  const head = `${String(index).padStart(8)} ${dim(new Date(at).toISOString())} ${chain}`;
  return `${head} ${bold(kind)} ${brief(open)}`.trimEnd();
}

const MOST_CHARS = 60;

function brief(open: Entry['open']): string {
  const members = Object.entries(open).filter(([, value]) => {
    return value !== null && !(Array.isArray(value) && value.length === 0);
  });
  return members.map(([key, value]) => `${key}=${shortened(value)}`).join(' ');
}

function shortened(value: Entry['open'][string]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}
