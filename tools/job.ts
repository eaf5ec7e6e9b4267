import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const source = '--conditions=plumbline-source';
const cli = 'packages/cli/src/main.ts';

type Step = { readonly name: string; readonly command: readonly string[] };

const node = (name: string, ...args: readonly string[]): Step => ({
  name,
  command: [process.execPath, source, ...args],
});

const format: Step = { name: 'format', command: [bin('prettier'), '--check', '--cache', '.'] };
const lint: Step = {
  name: 'lint',
  command: [bin('oxlint'), '--type-aware', '--deny-warnings', 'packages', 'bench', 'tools'],
};
const build: Step = { name: 'build', command: [bin('tsc'), '--build', 'tsconfig.build.json'] };
const types: Step = { name: 'types', command: [bin('tsc'), '--project', 'tsconfig.json'] };
const tidy = (...args: readonly string[]): Step => node('tidy', 'tools/tidy.ts', ...args);
const everyRule: readonly Step[] = [format, lint, build, types, tidy()];

/** The tests of one run, by suffix. Having none is a fault, never a pass. */
function tests(name: string, isWanted: (path: string) => boolean): Step {
  const files = globSync('{packages/*/src,packages/*/bin,bench/src,tools}/**/*.test.ts', {
    cwd: root,
  })
    .filter(isWanted)
    .sort();
  if (files.length === 0) throw new Error('no test files found');
  return node(name, '--test', '--test-isolation=none', ...files);
}

const isFast = (path: string): boolean => !path.endsWith('.slow.test.ts');

const examplePacts = 'examples/agentdojo/pacts';

/** The runs `npm start` replays: those it is given, else the sample. */
function runs(args: readonly string[]): readonly string[] {
  return args.length > 0 ? args : ['examples/agentdojo/runs/sample.jsonl'];
}

const jobs: Readonly<Record<string, (args: readonly string[]) => readonly Step[]>> = {
  start: (args) => [node('start', cli, 'replay', ...runs(args), '--pacts', examplePacts)],
  plumb: (args) => [node('plumb', cli, ...args)],
  test: () => [...everyRule, tests('every test', () => true)],
  check: () => [...everyRule, tests('fast tests', isFast)],
  bench: (args) => [node('bench', '--expose-gc', 'bench/src/main.ts', ...args)],
  tidy: () => [tidy()],
  coverage: () => [tidy('--coverage')],
  differential: (args) => [
    node('differential', 'packages/testkit/src/differential/main.ts', ...args),
  ],
  mutants: (args) => [node('mutants', 'packages/testkit/src/mutants/main.ts', ...args)],
  build: () => [build],
  format: () => [{ name: 'format', command: [bin('prettier'), '--write', '--cache', '.'] }],
};

/** Runs every step, also after a failed one, and returns the exit code of the first that failed. */
function runSteps(steps: readonly Step[]): number {
  const failed: string[] = [];
  let exitCode = 0;
  for (const { name, command } of steps) {
    const [program, ...args] = command;
    if (program === undefined) throw new Error(`step \`${name}\` has no command`);
    const startedMs = performance.now();
    const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    if (status !== 0) failed.push(name);
    exitCode ||= status ?? 1;
    if (steps.length > 1) {
      process.stderr.write(`${status === 0 ? '✔' : '✖'} ${name} (${seconds} s)\n`);
    }
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
  process.exitCode = runSteps(job(jobArgs));
}
