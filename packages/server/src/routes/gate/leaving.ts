import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

// A file can be of 16 MiB, and is asked for without a key; who asks for many and reads none would
// have all of them held.
const MOST = { pipelined: 16, files: 64 } as const;
const FILE_MS = 60_000;

/** The requests that are being answered, until their answers are out. */
export class Leaving {
  readonly #byConnection = new WeakMap<Socket, number>();
  #files = 0;

  /** Counts a request. Returns false when its connection has too many unanswered ones already. */
  enter({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const before = this.#byConnection.get(socket) ?? 0;
    if (before >= MOST.pipelined) return false;
    this.#byConnection.set(socket, before + 1);
    response.once('close', () => {
      this.#byConnection.set(socket, (this.#byConnection.get(socket) ?? 1) - 1);
    });
    return true;
  }

  /** Counts a file of the log, to be taken within a minute. Returns false when many are. */
  enterFile({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (this.#files >= MOST.files) return false;
    this.#files += 1;
    const timer = setTimeout(() => socket.destroy(), FILE_MS).unref();
    response.once('close', () => {
      clearTimeout(timer);
      this.#files -= 1;
    });
    return true;
  }
}
