import type { ExitCode } from './exit-codes.ts';
import type { Screen } from './output/screen.ts';

/** What a command may touch besides the files it is told of. */
export type Shell = {
  readonly screen: Screen;
  /** How this program is called where it runs: `plumb`, or through npm. */
  readonly program: string;
  /** A steady clock in milliseconds, for progress and times. */
  readonly nowMs: () => number;
  /** The time of day in milliseconds UTC. */
  readonly wallMs: () => number;
  /** The environment, which the configuration of the daemon is read from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sets the exit code; the last one said counts. */
  readonly exit: (code: ExitCode) => void;
};
