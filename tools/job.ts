import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isConsoleStale } from './console-stale.ts';

const root = dirname(import.meta.dirname);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const source = '--conditions=plumbline-source';
const cli = 'packages/cli/src/main.ts';

type Command = readonly string[];

/** One step: a command, or several side by side. */
type Step = { readonly name: string; readonly commands: readonly Command[] };

const step = (name: string, ...command: Command): Step => ({ name, commands: [command] });
const node = (name: string, ...args: Command): Step => {
  return step(name, process.execPath, source, ...args);
};

const format: Command = [bin('prettier'), '--check', '--cache', '.'];
const lintArgs = ['--type-aware', '--deny-warnings', 'packages', 'bench', 'tools'];
const lint = step('lint', bin('oxlint'), ...lintArgs);
const build = step('build', bin('tsc'), '--build', 'tsconfig.build.json');
const types = step('types', bin('tsc'), '--project', 'tsconfig.json');

// The console is made for browsers: its types stand apart, those of the API it asks included.
const consoleApi = node('types of the API', 'packages/console/build/print-types.ts');
const consoleTypes = step('types of the console', bin('tsc'), '--project', 'packages/console');
const consoleBuild = step(
  'console',
  bin('vite'),
  'build',
  '--logLevel',
  'warn',
  'packages/console',
);
const tidy = (...args: readonly string[]): Step => node('tidy', 'tools/tidy.ts', ...args);

/** Every rule but the format, one after another: each takes most of both cores. */
const rules: readonly Step[] = [consoleApi, lint, build, types, consoleTypes, tidy()];

/** The format takes one core for as long as all other rules take, so it is checked beside them. */
const everyRule: Step = {
  name: 'rules and format',
  commands: [[process.execPath, source, 'tools/job.ts', 'rules'], format],
};

/** The tests of one run, by suffix, in so many processes. Having none is a fault, never a pass. */
function tests(name: string, isWanted: (path: string) => boolean, processes: number): Step {
  const files = globSync('{packages/*/{src,bin,e2e},bench/src,tools}/**/*.test.ts', {
    cwd: root,
  })
    .filter(isWanted)
    .sort();
  if (files.length === 0) throw new Error('no test files found');
  const shards = Array.from({ length: processes }, (_, shard) =>
    files.filter((_file, index) => index % processes === shard),
  );
  const run = [process.execPath, source, '--test', '--test-isolation=none'];
  return { name, commands: shards.map((shard) => [...run, ...shard]) };
}

const isFast = (path: string): boolean => !/\.(slow|e2e)\.test\.ts$/.test(path);

const pacts = ['--pacts', 'examples/agentdojo/pacts'];
const replay = (...runs: readonly string[]): Step =>
  node('replay', cli, 'replay', ...runs, ...pacts);
const demonstration = node('demonstration', 'tools/demonstration/main.ts');

/** What makes the console anew where its sources are newer than it. */
function freshConsole(): readonly Step[] {
  return isConsoleStale(root) ? [consoleApi, consoleBuild] : [];
}

/** Replays the runs it is given; without any the sample, which it then shows in the console. */
function start(runs: readonly string[]): readonly Step[] {
  if (runs.length > 0) return [replay(...runs)];
  return [replay('examples/agentdojo/runs/sample.jsonl'), ...freshConsole(), demonstration];
}

const jobs: Readonly<Record<string, (args: readonly string[]) => readonly Step[]>> = {
  start,
  plumb: (args) => [...(args[0] === 'up' ? freshConsole() : []), node('plumb', cli, ...args)],
  test: () => [everyRule, tests('every test', () => true, 1)],
  check: () => [everyRule, tests('fast tests', isFast, 2)],
  bench: (args) => [node('bench', '--expose-gc', 'bench/src/main.ts', ...args)],
  rules: () => rules,
  tidy: () => [tidy()],
  coverage: () => [tidy('--coverage')],
  differential: (args) => [
    node('differential', 'packages/testkit/src/differential/main.ts', ...args),
  ],
  mutants: (args) => [node('mutants', 'packages/testkit/src/mutants/main.ts', ...args)],
  build: () => [build, consoleApi, consoleBuild],
  console: () => [consoleApi, consoleTypes, consoleBuild],
  format: () => [step('format', bin('prettier'), '--write', '--cache', '.')],
};

const running = new Set<ChildProcess>();

// A terminal's Ctrl-C reaches what runs below as well; the job ends when that has ended.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Runs one command and returns its exit code; when `isKept`, what it prints comes at its end. */
async function runCommand([program = '', ...args]: Command, isKept: boolean): Promise<number> {
  const stdio: StdioOptions = isKept ? ['ignore', 'pipe', 'pipe'] : 'inherit';
  const child = spawn(program, args, { cwd: root, stdio });
  running.add(child);
  const kept: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => kept.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => kept.push(chunk));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('close', (code) => resolve(code ?? 1));
  const code = await promise;
  running.delete(child);
  process.stdout.write(Buffer.concat(kept));
  return code;
}

/** Runs every step, also after a failed one, and returns the exit code of the first that failed. */
async function runSteps(steps: readonly Step[]): Promise<number> {
  const failed: string[] = [];
  let exitCode = 0;
  for (const { name, commands } of steps) {
    const startedMs = performance.now();
    const codes = await Promise.all(
      commands.map((command, index) => runCommand(command, index > 0)),
    );
    const code = codes.find((each) => each !== 0) ?? 0;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (code !== 0) failed.push(name);
    exitCode ||= code;
    if (steps.length > 1)
      process.stderr.write(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n`);
  }
  if (steps.length > 1 && failed.length > 0) {
    process.stderr.write(`✖ failed: ${failed.join(', ')}\n`);
  }
  return exitCode;
}

const [jobName = '', ...jobArgs] = process.argv.slice(2);
const job = jobs[jobName];
if (job === undefined) {
  process.stderr.write(`no job \`${jobName}\`: one of ${Object.keys(jobs).join(', ')}\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await runSteps(job(jobArgs));
}
