import type { Config } from './config/config.ts';
import { ConfigError } from './config/config-error.ts';
import { type Environment, loadConfig, type Told } from './config/load-config.ts';
import { LockHeld } from './daemon/lock.ts';
import { StartRefused } from './daemon/places.ts';
import { type Daemon, startDaemon } from './daemon/start-daemon.ts';
import type { StartSaid } from './daemon/start-said.ts';
import { createLogger } from './routes/request-log.ts';

/** How a daemon tells whoever started it, and where its log goes. */
export type Running = {
  readonly environment: Environment;
  readonly say: (said: StartSaid) => void;
  readonly log: { readonly write: (line: string) => void };
};

/** What the program ends with: 0 when asked to, 1 when it did not start, 70 when it failed. */
export type DaemonExit = 0 | 1 | 70;

/**
 * Runs the daemon of a configuration until it is asked to stop by SIGINT or SIGTERM, or fails.
 * Returns the exit code; a supervisor starts it again after any but 0.
 */
export async function runDaemon(config: Config, running: Running): Promise<DaemonExit> {
  const logger = createLogger(running.log);
  const failed = (cause: unknown): void => logger.error({ err: cause }, 'a chore failed');
  let daemon: Daemon;
  const signals = awaitSignals();
  try {
    daemon = await startDaemon(config, {
      credentials: running.environment['CREDENTIALS_DIRECTORY'] ?? null,
      clock: Date.now,
      monotonicMs: () => performance.now(),
      failed,
      logger,
    });
  } catch (cause) {
    signals.forget();
    if (!(cause instanceof StartRefused)) throw cause;
    running.say({ kind: cause instanceof LockHeld ? 'held' : 'refused', message: cause.message });
    return 1;
  }
  running.say({ kind: 'started', started: daemon.started });
  const ended = await Promise.race([signals.first, daemon.ended]);
  if (ended.kind === 'failed') {
    logger.fatal(`the daemon ends: ${ended.message}`);
  }
  await daemon.close();
  signals.forget();
  return ended.kind === 'failed' ? 70 : 0;
}

type Signals = { readonly first: Promise<{ readonly kind: 'asked' }>; readonly forget: () => void };

function awaitSignals(): Signals {
  const { promise, resolve } = Promise.withResolvers<{ readonly kind: 'asked' }>();
  const take = (): void => resolve({ kind: 'asked' });
  process.on('SIGINT', take);
  process.on('SIGTERM', take);
  return {
    first: promise,
    forget: () => {
      process.off('SIGINT', take);
      process.off('SIGTERM', take);
    },
  };
}

/** Runs the daemon that another program started: told by JSON, answering over its channel. */
async function main(argument: string): Promise<DaemonExit> {
  const say = (said: StartSaid): void => {
    if (process.connected) process.send?.(said);
    else if (said.kind !== 'started') process.stderr.write(`${said.message}\n`);
  };
  // A log that cannot be written, on a full disk above all, must not end the daemon.
  process.stderr.on('error', () => undefined);
  try {
    const config = loadConfig(process.env, parseTold(argument));
    // Whatever folder it was started from must not be held for as long as it runs.
    process.chdir('/');
    return await runDaemon(config, { environment: process.env, say, log: process.stderr });
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    say({ kind: 'refused', message: cause.message });
    return 1;
  }
}

function parseTold(argument: string): Told {
  // Only `ensureDaemon` starts this program, with what it was told itself.
  const { configFile, settings } = JSON.parse(argument) as {
    readonly configFile?: string;
    readonly settings?: readonly (readonly [string, string])[];
  };
  return { configFile, settings: new Map(settings) };
}

if (import.meta.main) {
  process.exitCode = await main(process.argv[2] ?? '{}');
  // A peer that keeps its connection open must not keep an ended daemon alive.
  setTimeout(() => process.exit(), 1_000).unref();
}
