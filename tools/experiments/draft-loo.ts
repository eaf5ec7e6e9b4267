/**
 * Measures drafted pacts on requests and models they were not drafted from.
 *
 * node --conditions=plumbline-source tools/experiments/draft-loo.ts RUNS.jsonl.gz [MODEL…]
 *
 * A pact is drafted from a suite's tools, its task list and one model's honest runs; the runs of
 * the request under test are left out (`request`), or those of every request of its task (`task`).
 * It is then replayed over the other models' honest and attacked runs of that request. Prints one
 * table per model (default: gpt-4o-2024-05-13), rows in Markdown.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  draftPact,
  isJsonObject,
  loadPact,
  type CompiledPact,
  type DraftCall,
  type DraftRun,
  type DraftTask,
  type DraftTool,
  type Json,
} from '@plumbline/core';
import type { Mapping } from '@plumbline/cli/source/manifest/manifest';
import { mapRun } from '@plumbline/cli/source/manifest/map-run';
import { parseManifest } from '@plumbline/cli/source/manifest/parse-manifest';
import { readRuns } from '@plumbline/cli/source/readers/read-runs';
import type { Run } from '@plumbline/cli/source/readers/run';
import { driveRun } from '@plumbline/cli/source/replay/drive';
import { Report } from '@plumbline/cli/source/report/report';
import type { Tally } from '@plumbline/cli/source/report/tally';
import { ratesOf } from '@plumbline/cli/source/report/to-json';
import type { Share } from '@plumbline/core';

const example = join(import.meta.dirname, '../../examples/agentdojo');
const leaveOut = ['request', 'task'] as const;

type LeaveOut = (typeof leaveOut)[number];
type Mapped = { readonly run: Run; readonly mapping: Mapping; readonly task: string };

/** A suite's tools as its server lists them, and the list of its tasks. */
type Listing = { readonly tools: readonly DraftTool[]; readonly tasks: readonly DraftTask[] };

async function readMapped(path: string): Promise<readonly Mapped[]> {
  const file = join(example, 'manifest.yaml');
  const manifest = parseManifest(readFileSync(file, 'utf8'), file);
  const all: Mapped[] = [];
  for await (const runs of readRuns(path, { format: 'agentdojo' })) {
    for (const run of runs) {
      const mapped = mapRun(manifest, run);
      const task = mapped.ok ? mapped.mapping.task : null;
      if (mapped.ok && typeof task === 'string') all.push({ run, mapping: mapped.mapping, task });
    }
  }
  return all;
}

function listingOf(suite: string): Listing {
  const tools = readJson(join('pacts/schemas', `${suite}.tools.json`));
  const listed = isJsonObject(tools) && Array.isArray(tools['tools']) ? tools['tools'] : [];
  const tasks = readJson(join('tasks', `${suite}.tasks.json`));
  return {
    tools: listed.filter(isJsonObject).map((tool) => ({
      name: textOf(tool['name']),
      description: textOf(tool['description']),
      inputSchema: isJsonObject(tool['inputSchema']) ? tool['inputSchema'] : null,
    })),
    tasks: (Array.isArray(tasks) ? tasks : []).filter(isJsonObject).map((task) => ({
      name: textOf(task['name']),
      description: textOf(task['description']),
    })),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function readJson(path: string): Json {
  return JSON.parse(readFileSync(join(example, path), 'utf8'));
}

/** Returns a run as drafting sees it: what was asked, and the calls that had an answer. */
function draftRun({ run, task }: Mapped): DraftRun {
  const results = new Map<number, Json>();
  for (const step of run.steps) if (step.kind === 'result') results.set(step.call, step.result);
  const principalText = run.steps
    .flatMap((step) => (step.kind === 'message' && step.role === 'user' ? [step.text] : []))
    .join('\n');
  const calls = run.steps.flatMap((step): DraftCall[] => {
    const result = step.kind === 'call' ? results.get(step.call) : undefined;
    if (step.kind !== 'call' || step.args === null || result === undefined) return [];
    return [{ tool: step.tool, args: step.args, result }];
  });
  return { task, principalText, calls };
}

function draft(suite: string, honest: readonly Mapped[]): CompiledPact {
  const { tools, tasks } = listingOf(suite);
  const runs = honest.map(draftRun);
  const text = draftPact({ agent: suite, tools, tasks, runs, unlisted: 'block_and_replan' });
  const loaded = loadPact('draft.pact.yaml', (file) =>
    file === 'draft.pact.yaml' ? text : undefined,
  );
  if (loaded.ok) return loaded.value.pact;
  throw new Error(`the draft of ${suite} does not load: ${JSON.stringify(loaded.error)}`);
}

function replay(pact: CompiledPact, { run, mapping, task }: Mapped, report: Report): void {
  const { calls, kernelMs } = driveRun(run, { pact, mapping, task });
  const taskTools = pact.layers[0]?.tasks?.get(task)?.tools ?? null;
  const { labels } = run;
  report.add({ run, labels, pact, task, taskTools, calls, kernelMs, elapsedMs: kernelMs });
}

/** Drafts once for each request and replays it on the other models' runs of that request. */
function measure(
  all: readonly Mapped[],
  { model, left }: { readonly model: string; readonly left: LeaveOut },
): Report {
  const report = new Report();
  const requests = Map.groupBy(all, ({ run }) => `${run.labels.suite} ${run.labels.userTask}`);
  const honest = all.filter(
    ({ run }) => run.labels.model === model && run.labels.kind === 'benign',
  );
  for (const runs of requests.values()) {
    const [first] = runs;
    if (first === undefined) continue;
    const { suite, userTask } = first.run.labels;
    const pact = draft(
      suite,
      honest.filter(
        ({ run, task }) =>
          run.labels.suite === suite &&
          (left === 'task' ? task !== first.task : run.labels.userTask !== userTask),
      ),
    );
    const others = runs.filter(({ run }) => run.labels.model !== model);
    for (const other of others) replay(pact, other, report);
  }
  return report;
}

function rowOf(name: string, tally: Tally): string {
  const { attacks, honest, collateral } = tally;
  const rates = ratesOf(tally);
  const cells = [
    name,
    `${attacks.replayable}`,
    shown(rates.attacksStopped),
    shown(rates.attacksRefused),
    `${honest.runs}`,
    shown(rates.honestUntouched),
    shown(rates.solvedUntouched),
    shown(rates.collateralTouched),
  ];
  return `| ${cells.join(' | ')} |${collateral.runs === 0 ? ' (no attacks)' : ''}\n`;
}

function shown({ share, low, high }: Share): string {
  const percent = (value: number | null): string => ((value ?? 0) * 100).toFixed(1);
  return share === null ? '–' : `${percent(share)} (${percent(low)}–${percent(high)})`;
}

const [path, ...named] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: draft-loo.ts RUNS.jsonl.gz [MODEL…]');
const all = await readMapped(path);
for (const model of named.length > 0 ? named : ['gpt-4o-2024-05-13']) {
  for (const left of leaveOut) {
    const report = measure(all, { model, left });
    process.stdout.write(`\nDrafted from ${model}, leaving out each ${left}\n`);
    for (const [suite, tally] of report.bySuite) process.stdout.write(rowOf(suite, tally));
    process.stdout.write(rowOf('all', report.all));
    if (process.env['MISSES'] === undefined) continue;
    const lists = { reached: report.reached, honest: report.honestTouched };
    for (const [name, list] of Object.entries(lists)) {
      process.stdout.write(`${name} ${JSON.stringify(list.list().slice(0, 25), null, 1)}\n`);
    }
  }
}
