import { EXIT } from './exit-codes.ts';
import { standardScreen } from './output/screen.ts';
import { run } from './program.ts';

/**
 * Runs the `plumb` command line and sets the exit code.
 *
 * argv: the arguments after the script name.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader such as `head` that has seen enough is no fault.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    process.exit(cause.code === 'EPIPE' ? EXIT.ok : EXIT.internal);
  });
  const isPlain = argv.includes('--no-color');
  const screen = standardScreen(isPlain ? { ...process.env, NO_COLOR: '1' } : process.env);
  try {
    process.exitCode = await run(argv, {
      screen,
      program: programName(process.env),
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      environment: process.env,
    });
  } catch (cause) {
    const trace = cause instanceof Error ? cause.stack : String(cause);
    screen.note(`plumb stopped on a fault of its own: ${trace}\n`);
    process.exitCode = EXIT.internal;
  }
}

/** In a clone there is no `plumb` on the path, but a script of that name. */
function programName(env: NodeJS.ProcessEnv): string {
  const isScript = ['start', 'plumb'].includes(env['npm_lifecycle_event'] ?? '');
  return isScript && env['npm_package_name'] === 'plumbline' ? 'npm run plumb --' : 'plumb';
}

if (import.meta.main) await main(process.argv.slice(2));
