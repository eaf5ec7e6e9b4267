import { EXIT, type ExitCode } from './exit-codes.ts';

/**
 * An expected end of a command: one message for the person, and the exit code.
 *
 * Thrown by commands and readers alone and caught once, in `main`. `place` is `file`, `file:line`
 * or `file:line:column` where the message has one.
 */
export class Stop extends Error {
  readonly exit: ExitCode;
  readonly place: string | null;
  /** The message without the place. */
  readonly reason: string;

  constructor(message: string, place: string | null = null, exit: ExitCode = EXIT.input) {
    super(place === null ? message : `${place}: ${message}`);
    this.name = 'Stop';
    this.exit = exit;
    this.place = place;
    this.reason = message;
  }
}
