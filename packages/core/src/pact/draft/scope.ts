import { fewest, hasEffect } from './learn.ts';
import type { Lesson, Origins } from './learn.ts';
import type { Reading } from './reading.ts';
import type { DraftRequest, DraftTask } from './request.ts';
import { areKin, contentWords, deedOf, kinOf, nameWords } from './words.ts';

/** What a draft gives one task, with the reason for its tools. */
export type TaskScope = {
  readonly task: DraftTask;
  readonly tools: readonly string[];
  readonly why: string;
  /** Whether runs of this task were there to learn from. */
  readonly isLearned: boolean;
  readonly sources: readonly { readonly target: string; readonly from: readonly string[] }[];
};

type Ground = {
  readonly request: DraftRequest;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly lesson: Lesson;
};

/** Returns the tools and argument sources of each task. */
export function scopesOf(ground: Ground): readonly TaskScope[] {
  return ground.request.tasks.map((task) => {
    const { tools, why } = toolsOf(ground, task);
    const isLearned = (ground.lesson.used.get(task.name)?.size ?? 0) > 0;
    return { task, tools, why, isLearned, sources: sourcesOf(ground, { task, tools }) };
  });
}

type Chosen = { readonly tools: readonly string[]; readonly why: string };

function toolsOf(ground: Ground, task: DraftTask): Chosen {
  const { readings, lesson } = ground;
  const inOrder = (wanted: ReadonlySet<string>): readonly string[] =>
    [...readings.keys()].filter((name) => wanted.has(name));
  if (task.tools !== undefined) {
    return { tools: inOrder(new Set(task.tools)), why: 'as listed by its owner' };
  }
  const reads = [...readings.values()].filter((reading) => reading.effect === 'read');
  const base = reads.map((reading) => reading.tool.name);
  const used = lesson.used.get(task.name) ?? new Map<string, number>();
  const named = namedTools(ground, task);
  const why = used.size > 0 ? 'what its runs used' : 'no run to learn from';
  return {
    tools: inOrder(new Set([...base, ...used.keys(), ...named])),
    why: `${why}, what its words name, and every read`,
  };
}

/** Tools with an effect whose name or description the words of a task call for. */
function namedTools({ readings }: Ground, task: DraftTask): readonly string[] {
  return [...readings.values()]
    .filter((reading) => reading.effect !== 'read' && scoreOf(reading, task) >= 2)
    .map((reading) => reading.tool.name);
}

/**
 * One point when the task says the tool's verb or a relative of it, one for each of its nouns the
 * task names (half when only the description has it, at most one point that way).
 */
function scoreOf({ tool }: Reading, task: DraftTask): number {
  const words = contentWords(`${task.name} ${task.description ?? ''}`);
  const head = nameWords(tool.name);
  const [verb] = head.filter((word) => deedOf(word) !== null);
  const nouns = head.filter((word) => word !== verb);
  const kin = new Set(verb === undefined ? [] : kinOf(verb));
  const saysVerb = [...words].some(
    (word) => word === verb || kinOf(word).some((row) => kin.has(row)),
  );
  const named = nouns.filter((noun) => [...words].some((word) => areKin(word, noun))).length;
  const told = [...contentWords(tool.description)].filter(
    (word) => !head.includes(word) && deedOf(word) === null && words.has(word),
  );
  const hints = Math.min(1, told.length / 2);
  return Number(saysVerb) + named + (saysVerb || named > 0 ? hints : 0);
}

function sourcesOf(
  ground: Ground,
  { task, tools }: { readonly task: DraftTask; readonly tools: readonly string[] },
): TaskScope['sources'] {
  return tools.flatMap((name) => {
    const reading = ground.readings.get(name);
    if (reading === undefined || !hasEffect(reading)) return [];
    return reading.guarded.map((path) => {
      const target = `${name}.${path}`;
      return { target, from: sourcesFor(ground, { target, reading, task }) };
    });
  });
}

/**
 * The principal, the session and trusted results always, and what the runs of this task needed.
 * Without such runs, for a tool the task's words are about, what those of at least two other tasks
 * needed (of one, where only one used the argument).
 */
function sourcesFor(
  { lesson, readings }: Ground,
  asked: { readonly target: string; readonly reading: Reading; readonly task: DraftTask },
): readonly string[] {
  const { target, reading, task } = asked;
  const origins: Origins = lesson.origins.get(target) ?? new Map();
  const isLearned = lesson.used.has(task.name);
  const isAbout = scoreOf(reading, task) >= 1;
  const shared = isAbout && !isLearned ? sharedSources(origins) : [];
  const needed = isLearned ? fewest(origins.get(task.name) ?? []) : shared;
  const learned = new Set(needed.flatMap((source) => widened(readings, source)));
  return [...new Set(['principal', 'session', 'trusted', ...[...learned].sort()])];
}

function sharedSources(origins: Origins): readonly string[] {
  const counts = new Map<string, number>();
  for (const found of origins.values()) {
    for (const source of fewest(found)) counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  const least = Math.min(2, origins.size);
  return [...counts].filter(([, count]) => count >= least).map(([source]) => source);
}

/** A field of one tool stands for the same field of every read of its category. */
function widened(readings: Ground['readings'], source: string): readonly string[] {
  const [name, field] = source.split(':');
  const reading = name === undefined ? undefined : readings.get(name);
  if (field === undefined) return name === 'agent' || reading !== undefined ? [source] : [];
  if (reading === undefined) return [];
  return [...readings.values()]
    .filter((each) => each.category === reading.category && each.fields.includes(field))
    .map((each) => `${each.tool.name}:${field}`);
}
