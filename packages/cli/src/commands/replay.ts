import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';

import { EXIT } from '../exit-codes.ts';
import { readText } from '../files/read-text.ts';
import { writeWhole } from '../files/write-whole.ts';
import { RunMapper } from '../manifest/map-run.ts';
import { parseManifest } from '../manifest/parse-manifest.ts';
import { byteCounter, silentProgress, startProgress, type Progress } from '../output/progress.ts';
import { openLog } from '../readers/lines.ts';
import { FORMATS, type Format } from '../readers/run.ts';
import { benchOf } from '../replay/bench.ts';
import { explainRun } from '../replay/explain-run.ts';
import { PactFolder } from '../replay/pact-folder.ts';
import { compareWithDaemon, sayComparison } from '../replay/compare-with-daemon.ts';
import { compareWithGateway } from '../replay/compare-with-gateway.ts';
import { replayFiles, replayInThreads } from '../replay/replay-files.ts';
import type { WorkerJob } from '../replay/batch.ts';
import type { Replay } from '../replay/replay.ts';
import { explainedJson, renderExplained } from '../report/explained.ts';
import { renderReport } from '../report/render.ts';
import { Report } from '../report/report.ts';
import { reportJson, type ReplayJson } from '../report/to-json.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly pacts: string;
  readonly manifest?: string;
  readonly format?: Format;
  readonly tasks: boolean;
  readonly suite?: readonly string[];
  readonly model?: readonly string[];
  readonly attack?: readonly string[];
  readonly limit?: number;
  readonly jobs: number;
  readonly explain?: string;
  readonly allowUnmapped?: boolean;
  readonly bench?: boolean;
  readonly json?: boolean;
  readonly progress?: boolean;
  readonly output?: string;
  readonly throughDaemon?: boolean;
  readonly throughGateway?: boolean;
  readonly data?: string;
  readonly config?: string;
};

/** Adds `plumb replay`: the kernel over recorded runs. */
export function addReplay(program: Command, shell: Shell): void {
  program
    .command('replay')
    .description('replay recorded runs of agents under pacts, and count what would have happened')
    .argument('<path...>', 'files of recorded runs, NDJSON, plain or gzip')
    .requiredOption('--pacts <dir>', 'the folder of the pacts')
    .option('--manifest <file>', 'maps runs to pacts and tasks (default: manifest.yaml, see below)')
    .addOption(new Option('--format <name>', 'format of the runs').choices(FORMATS))
    .option('--no-tasks', 'open sessions without a task, and take tasks out of the pacts')
    .option('--suite <name...>', 'only runs of these suites')
    .option('--model <name...>', 'only runs of these models')
    .option('--attack <name...>', 'only runs with these attacks (`none`: without)')
    .option('--limit <count>', 'stop after so many runs', countOf)
    .option('--jobs <count>', 'replay in so many threads', countOf, 1)
    .option('--explain <run>', 'explain one run: file:line or suite/model/task/attack/injection')
    .option('--allow-unmapped', 'exit 0 although some runs could not be mapped')
    .option('--bench', 'also time reading and parsing alone')
    .option('--through-daemon', 'send the runs through a running daemon, and compare its answers')
    .option('--through-gateway', 'drive the runs through the MCP gateway, and compare its answers')
    .option('--data <folder>', 'the data directory of that daemon')
    .option('--config <file>', 'the configuration file of that daemon')
    .option('--json', 'print one JSON object')
    .option('-o, --output <file>', 'write the report to a file instead')
    .option('--progress', 'show progress also with --json')
    .addHelpText('after', HELP)
    .action((paths: readonly string[], options: Options) => replay(paths, options, shell));
}

const HELP = `
The manifest is DIR/manifest.yaml, else manifest.yaml beside DIR (spec/replay-manifest.md).
Exit code 1: some runs could not be mapped.

Examples:
  plumb replay runs.jsonl.gz --pacts pacts
  plumb replay runs.jsonl.gz --pacts pacts --no-tasks --json
  plumb replay runs.jsonl --pacts pacts --explain runs.jsonl:12
  plumb replay runs.jsonl --pacts pacts --through-daemon --data /tmp/plumbline
  plumb replay runs.jsonl --pacts pacts --through-gateway --data /tmp/fresh
`;

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('a whole number above 0 is expected');
}

async function replay(paths: readonly string[], options: Options, shell: Shell): Promise<void> {
  const startedMs = shell.nowMs();
  // Every file is looked at before the first is replayed, so a wrong name costs no waiting.
  const size = paths.map(openLog).reduce((sum, log) => sum + log.size, 0);
  checkTogether(options);
  const job = jobOf(options);
  const read = { format: options.format ?? null };
  if (options.explain !== undefined) {
    const explained = await explainRun(job, { id: options.explain, paths, read });
    if (options.json === true) return shell.screen.json(explainedJson(explained));
    return shell.screen.print(renderExplained(explained, shell.screen));
  }
  const progress = progressOf(options, shell, size);
  const bytes = byteCounter();
  if (options.throughDaemon === true || options.throughGateway === true) {
    const onRun = (runs: number): void => progress.update(bytes.sum(), `${runs} runs`);
    const through = { paths, read: { ...read, onBytes: bytes.onBytes } };
    const way = options.throughGateway === true ? 'gateway' : 'daemon';
    const comparing = way === 'gateway' ? compareWithGateway : compareWithDaemon;
    const comparison = await comparing(job, { sources: through, options, shell }, onRun);
    progress.end();
    return sayComparison(comparison, { ...options, way }, shell);
  }
  const report = new Report();
  const sources = { paths, read: { ...read, onBytes: bytes.onBytes }, report };
  const onBatch = (runs: number): void =>
    progress.update(bytes.sum(), `${runs.toLocaleString('en-US')} runs`);
  const threads = threadsFor(options);
  if (threads === 1) await replayFiles(job, sources, onBatch);
  else await replayInThreads({ ...job, threads }, sources, onBatch);
  progress.end();
  const elapsedMs = shell.nowMs() - startedMs;
  const bench = options.bench === true ? await benchOf(paths, elapsedMs) : null;
  const times = { elapsedMs, bench };
  say(reportJson(report, { times, hasTasks: options.tasks }), options, shell);
}

/** A daemon decides under the pacts as they are written, and explains by `plumb why`. */
function checkTogether(options: Options): void {
  const { throughDaemon, throughGateway, tasks, explain, bench, jobs, config } = options;
  const way = throughGateway === true ? '--through-gateway' : '--through-daemon';
  if (throughDaemon !== true && throughGateway !== true) return;
  if (throughDaemon === throughGateway) {
    throw new Stop('one of --through-daemon and --through-gateway is meant');
  }
  if (!tasks || explain !== undefined || bench === true || jobs > 1) {
    throw new Stop(`${way} goes without --no-tasks, --explain, --bench and --jobs`);
  }
  if (throughGateway === true && config !== undefined) {
    throw new Stop('--through-gateway goes without --config: it starts a daemon of its own');
  }
}

function say(json: ReplayJson, options: Options, { screen, exit, program }: Shell): void {
  if (json.runs === 0 && json.unmapped.runs === 0) {
    throw new Stop('no run is left to replay, see --suite, --model and --attack');
  }
  const text = options.json === true ? JSON.stringify(json, null, 2) : renderReport(json, screen);
  const isForPerson = options.json !== true && options.output === undefined;
  if (isForPerson) screen.print(`${text}\n\nnext: ${program} ${nextCommand(json, options)}`);
  else if (options.output === undefined) screen.print(text);
  else writeWhole(options.output, `${text}\n`, { isNew: false });
  if (json.unmapped.runs > 0 && options.allowUnmapped !== true) exit(EXIT.no);
}

/** What to look at next: a run that shows the first miss, else any run, explained. */
function nextCommand(json: ReplayJson, { pacts, manifest }: Options): string {
  const [miss] = [...json.misses, ...json.honestTouched, ...json.collateralTouched];
  const place = miss?.first ?? json.unmapped.reasons[0]?.first;
  if (place === undefined) return `pact test ${join(pacts, '*.pact.yaml')}`;
  const file = place.slice(0, place.lastIndexOf(':'));
  const mapped = manifest === undefined ? '' : ` --manifest ${manifest}`;
  return `replay ${file} --pacts ${pacts}${mapped} --explain ${place}`;
}

function jobOf(options: Options): Replay & { readonly job: WorkerJob } {
  const file = options.manifest ?? manifestBeside(options.pacts);
  const manifest = parseManifest(readText(file), file);
  const hasTasks = options.tasks;
  const filters = {
    suite: options.suite ?? null,
    model: options.model ?? null,
    attack: options.attack ?? null,
  };
  return {
    mapper: new RunMapper(manifest),
    pacts: new PactFolder(options.pacts, { hasTasks }),
    hasTasks,
    filters,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    job: { manifest, pactDir: options.pacts, hasTasks, filters },
  };
}

const MOST_THREADS = 64;

/** A limit counts runs in reading order, which only one thread knows. */
function threadsFor({ jobs, limit }: Options): number {
  return limit === undefined ? Math.min(jobs, MOST_THREADS) : 1;
}

function manifestBeside(dir: string): string {
  if (!existsSync(dir)) throw new Stop('no such folder', dir);
  const places = [join(dir, 'manifest.yaml'), join(dirname(join(dir, '.')), 'manifest.yaml')];
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new Stop(`no manifest at ${places.join(' or ')}, name one with --manifest`);
}

function progressOf(options: Options, shell: Shell, total: number): Progress {
  const isQuiet = options.json === true && options.progress !== true;
  if (isQuiet) return silentProgress();
  return startProgress(shell.screen, { label: 'replaying', total, nowMs: shell.nowMs });
}
