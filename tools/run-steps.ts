import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

/** One command under the name that is printed with its end. */
export type Work = {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** What runs side by side, one for each core at a time; the longest stand first. */
export type Step = readonly Work[];

type Ended = { readonly name: string; readonly code: number };

/** The exit code that shells have for a command that is not there. */
const CANNOT_RUN = 127;

const running = new Set<ChildProcess>();
let isStopped = false;

// A terminal's Ctrl-C reaches what runs below as well; the job ends when that has ended.
process.on('SIGINT', () => {
  isStopped = true;
});
process.on('SIGTERM', () => {
  isStopped = true;
  for (const child of running) child.kill('SIGTERM');
});

/** Runs every step, also after a failed one, and returns the exit code of the first that failed. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  const isAlone = steps.flat().length === 1;
  const ended: Ended[] = [];
  for (const step of steps) ended.push(...(await runStep(step, isAlone)));
  const failed = ended.filter(({ code }) => code !== 0);
  if (!isAlone && failed.length > 0) {
    process.stderr.write(`✖ failed: ${failed.map(({ name }) => name).join(', ')}\n`);
  }
  return failed[0]?.code ?? (isStopped ? 1 : 0);
}

async function runStep(step: Step, isAlone: boolean): Promise<readonly Ended[]> {
  const waiting = [...step];
  const ended: Ended[] = [];
  const lane = async (): Promise<void> => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
      if (isStopped) return;
      const startedMs = performance.now();
      const code = await runWork(work, step.length > 1);
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      const line = `${code === 0 ? '✔' : '✖'} ${work.name} (${seconds} s)\n`;
      if (!isAlone) process.stderr.write(line);
      ended.push({ name: work.name, code });
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, lane));
  return ended;
}

/** Runs one command and returns its exit code; when `isKept`, what it prints comes at its end. */
async function runWork({ command, env }: Work, isKept: boolean): Promise<number> {
  const [program = '', ...args] = command;
  const stdio: StdioOptions = isKept ? ['ignore', 'pipe', 'pipe'] : 'inherit';
  // What Node compiles is kept between runs: a whole start of the sources takes half as long.
  const kept = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node') };
  const child = spawn(program, args, {
    cwd: root,
    stdio,
    env: { ...kept, ...process.env, ...env },
  });
  running.add(child);
  const printed: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', ({ message }) => {
    printed.push(
      Buffer.from(`cannot run ${program}: ${message}; \`npm ci\` installs what is missing\n`),
    );
    resolve(CANNOT_RUN);
  });
  child.once('close', (code) => resolve(code ?? 1));
  const code = await promise;
  running.delete(child);
  process.stdout.write(Buffer.concat(printed));
  return code;
}
