import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isConsoleStale } from './console-stale.ts';
import { runSteps, type Step, type Work } from './run-steps.ts';

const root = dirname(import.meta.dirname);
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const source = '--conditions=plumbline-source';
const cli = 'packages/cli/src/main.ts';

const node = (name: string, ...args: readonly string[]): Work => ({
  name,
  command: [process.execPath, source, ...args],
});

// The compiler and the linter do a third more work when they spread over cores that others use.
const onOneCore = { GOMAXPROCS: '1', GOGC: '200' };
const tsc = (name: string, ...args: readonly string[]): Work => ({
  name,
  command: [bin('tsc'), ...args, '--checkers', '1'],
  env: onOneCore,
});

const prettier = (name: string, mode: '--check' | '--write'): Work => ({
  name,
  command: [
    process.execPath,
    '--max-semi-space-size=64',
    bin('prettier'),
    // Its parser reads TypeScript in half the time; what is printed is the same without it.
    '--plugin=@prettier/plugin-oxc',
    mode,
    '--cache',
    '.',
  ],
});

const lintArgs = ['--type-aware', '--deny-warnings', 'packages', 'bench', 'tools'];
const lint: Work = { name: 'lint', command: [bin('oxlint'), ...lintArgs], env: onOneCore };
const build = tsc('build', '--build', 'tsconfig.build.json');
const types = tsc('types', '--project', 'tsconfig.json');

// The console is made for browsers: its types stand apart, those of the API it asks included.
const consoleApi = node('types of the API', 'packages/console/build/print-types.ts');
const consoleTypes = tsc('types of the console', '--project', 'packages/console');
const viteArgs = ['build', '--logLevel', 'warn', 'packages/console'];
const consoleBuild: Work = { name: 'console', command: [bin('vite'), ...viteArgs] };
const tidy = (...args: readonly string[]): Work => node('tidy', 'tools/tidy.ts', ...args);

/** The tests of one run, by path. Having none is a fault, never a pass. */
function testFiles(isWanted: (path: string) => boolean): readonly string[] {
  const pattern = '{packages/*/{src,bin,e2e},bench/src,tools}/**/*.test.ts';
  const files = globSync(pattern, { cwd: root }).filter(isWanted).sort();
  if (files.length === 0) throw new Error('no test files found');
  return files;
}

/** What takes longer hangs: a run of all tests takes less on any machine. */
const HANGS_MS = 1_200_000;

type Reporter = 'spec' | './tools/report-briefly.ts';

function tests(name: string, files: readonly string[], reporter: Reporter): Work {
  const flags = [`--test-timeout=${HANGS_MS}`, `--test-reporter=${reporter}`];
  const places = ['--test-reporter-destination=stdout', '--test-reporter-destination=stderr'];
  const ending = '--test-reporter=./tools/report-end.ts';
  return node(name, '--test', '--test-isolation=none', ...flags, ending, ...places, ...files);
}

const isFast = (path: string): boolean => !/\.(slow|e2e)\.test\.ts$/.test(path);

/** Random tests run a quarter as often as they do by themselves and in `npm test`. */
const quick = { PLUMBLINE_QUICK: '1' };

/** The fast tests in two halves of every room, told of in brief; random ones in full or in part. */
function fastTests(env: Work['env'] = {}): readonly Work[] {
  const files = testFiles(isFast);
  return [0, 1].map((half) => {
    const own = files.filter((_file, index) => index % 2 === half);
    return { ...tests(`fast tests, half ${half + 1}`, own, './tools/report-briefly.ts'), env };
  });
}

/** What starts no programs and opens no ports may run beside what does. */
const isPure = (path: string): boolean => /^packages\/(core|ledger|testkit)\//.test(path);

function slowTests(): readonly Work[] {
  const files = testFiles((path) => !isFast(path));
  const onMachine = files.filter((path) => !isPure(path));
  return [
    tests('slow tests and browsers', onMachine, 'spec'),
    tests('slow tests that only compute', files.filter(isPure), 'spec'),
  ];
}

/** Every rule and the fast tests, the longest first. */
function everyday(env?: Work['env']): readonly Step[] {
  const format = prettier('format', '--check');
  return [[consoleApi], [...fastTests(env), lint, format, types, build, tidy(), consoleTypes]];
}

const pacts = ['--pacts', 'examples/agentdojo/pacts'];
const replay = (...runs: readonly string[]): Work =>
  node('replay', cli, 'replay', ...runs, ...pacts);
const demonstration = node('demonstration', 'tools/demonstration/main.ts');

const oneByOne = (...works: readonly Work[]): readonly Step[] => works.map((work) => [work]);

/** What makes the console anew where its sources are newer than it. */
function freshConsole(): readonly Work[] {
  return isConsoleStale(root) ? [consoleApi, consoleBuild] : [];
}

/** Replays the runs it is given; without any the sample, which it then shows in the console. */
function start(runs: readonly string[]): readonly Step[] {
  if (runs.length > 0) return [[replay(...runs)]];
  const sample = replay('examples/agentdojo/runs/sample.jsonl');
  return oneByOne(sample, ...freshConsole(), demonstration);
}

const jobs: Readonly<Record<string, (args: readonly string[]) => readonly Step[]>> = {
  start,
  plumb: (args) =>
    oneByOne(...(args[0] === 'up' ? freshConsole() : []), node('plumb', cli, ...args)),
  test: () => [...everyday(), slowTests()],
  check: () => everyday(quick),
  bench: (args) => [[node('bench', '--expose-gc', 'bench/src/main.ts', ...args)]],
  tidy: () => [[tidy()]],
  coverage: () => [[tidy('--coverage')]],
  differential: (args) => [
    [node('differential', 'packages/testkit/src/differential/main.ts', ...args)],
  ],
  mutants: (args) => [[node('mutants', 'packages/testkit/src/mutants/main.ts', ...args)]],
  build: () => oneByOne(build, consoleApi, consoleBuild),
  console: () => oneByOne(consoleApi, consoleTypes, consoleBuild),
  format: () => [[prettier('format', '--write')]],
};

const [jobName = '', ...jobArgs] = process.argv.slice(2);
const job = jobs[jobName];
if (job === undefined) {
  process.stderr.write(`no job \`${jobName}\`: one of ${Object.keys(jobs).join(', ')}\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await runSteps(job(jobArgs));
}
