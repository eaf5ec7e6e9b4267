import { identifiersIn, valuesAt } from '../../provenance/identifiers.ts';
import { emptyMemory, remember, trace } from '../../provenance/memory.ts';
import type { Memory } from '../../provenance/memory.ts';
import { leavesOf } from '../../provenance/split.ts';
import type { Reading } from './reading.ts';
import type { DraftRun } from './request.ts';

/** Where the values of one argument came from, per task: the possible sources of each value. */
export type Origins = ReadonlyMap<string, readonly (readonly string[])[]>;

/**
 * What honest runs show, without any of their values.
 *
 * `origins`: by `<tool>.<argument>`, then by task. `carried`: tasks in which a call that has an
 * effect carried an identifier only untrusted content held. `used`: by task, how often a run called
 * each tool at most; a task without a call is not there.
 */
export type Lesson = {
  readonly origins: ReadonlyMap<string, Origins>;
  readonly carried: ReadonlySet<string>;
  readonly used: ReadonlyMap<string, ReadonlyMap<string, number>>;
};

type Notes = {
  readonly origins: Map<string, Map<string, (readonly string[])[]>>;
  readonly carried: Set<string>;
  readonly used: Map<string, Map<string, number>>;
};

const known: ReadonlySet<string> = new Set(['principal', 'session', 'trusted']);

/** Returns what honest runs show about tools and arguments; calls of unknown tools do not count. */
export function learn(readings: ReadonlyMap<string, Reading>, runs: readonly DraftRun[]): Lesson {
  const notes: Notes = { origins: new Map(), carried: new Set(), used: new Map() };
  for (const run of runs) learnRun(readings, notes, run);
  return notes;
}

function learnRun(readings: ReadonlyMap<string, Reading>, notes: Notes, run: DraftRun): void {
  const memory = emptyMemory();
  remember(memory, { kind: 'principal', text: run.principalText });
  for (const text of leavesOf(run.session ?? {})) remember(memory, { kind: 'session', text });
  const counts = new Map<string, number>();
  for (const { tool, args, result } of run.calls) {
    const reading = readings.get(tool);
    if (reading === undefined) continue;
    counts.set(tool, (counts.get(tool) ?? 0) + 1);
    for (const path of reading.guarded) {
      const found = valuesAt(args, path).map((value) => explanations(trace(memory, value)));
      note(notes, { target: `${tool}.${path}`, task: run.task, found });
    }
    if (reading.effect !== 'read' && carriesStrange(memory, args)) notes.carried.add(run.task);
    remember(memory, { kind: 'tool', tool, trust: reading.trust, args, result });
  }
  if (counts.size === 0) return;
  const used = notes.used.get(run.task) ?? new Map<string, number>();
  for (const [tool, count] of counts) used.set(tool, Math.max(count, used.get(tool) ?? 0));
  notes.used.set(run.task, used);
}

/** Returns whether a call changes something or leaves for the open world. */
export function hasEffect({ effect, isOpenWorld }: Reading): boolean {
  return effect !== 'read' || isOpenWorld;
}

function carriesStrange(memory: Memory, args: DraftRun['calls'][number]['args']): boolean {
  return identifiersIn(args).some(({ value }) => {
    const sources = trace(memory, value);
    return !sources.some((source) => known.has(source));
  });
}

type Noted = {
  readonly target: string;
  readonly task: string;
  readonly found: readonly (readonly string[])[];
};

function note({ origins }: Notes, { target, task, found }: Noted): void {
  if (found.length === 0) return;
  const byTask = origins.get(target) ?? new Map<string, (readonly string[])[]>();
  byTask.set(task, [...(byTask.get(task) ?? []), ...found]);
  origins.set(target, byTask);
}

/**
 * The sources that would each explain a value: the principal's own words explain it alone, then
 * trusted results, and only then a single untrusted tool or one plain field of it.
 */
function explanations(sources: readonly string[]): readonly string[] {
  if (sources.includes('principal') || sources.includes('session')) return ['principal'];
  if (sources.includes('trusted')) return ['trusted'];
  return sources.filter((source) => source !== 'untrusted' && isPlain(source));
}

/** A tool, or a field of one whose name is a name: content never becomes part of a source. */
function isPlain(source: string): boolean {
  const [, field, ...more] = source.split(':');
  if (more.length > 0) return false;
  return field === undefined || /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*){0,3}$/.test(field);
}

/**
 * Returns a smallest set of sources that explains every value, as far as a greedy choice finds it;
 * one field of a tool is preferred to the whole of it.
 */
export function fewest(values: readonly (readonly string[])[]): readonly string[] {
  const chosen: string[] = [];
  let left = values.filter((sources) => sources.length > 0);
  while (left.length > 0) {
    const counts = new Map<string, number>();
    for (const source of left.flat()) counts.set(source, (counts.get(source) ?? 0) + 1);
    const [best] = [...counts].sort(byWorth);
    if (best === undefined) break;
    chosen.push(best[0]);
    left = left.filter((sources) => !sources.includes(best[0]));
  }
  return chosen.sort();
}

function byWorth(a: readonly [string, number], b: readonly [string, number]): number {
  const isField = (source: string): number => Number(source.includes(':'));
  return b[1] - a[1] || isField(b[0]) - isField(a[0]) || (a[0] < b[0] ? -1 : 1);
}
