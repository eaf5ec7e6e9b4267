import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A witness of other people's making, running on the loopback for one log. */
export type RealWitness = {
  readonly url: string;
  /** Its verifier key, of type cosignature. */
  readonly vkey: string;
  readonly close: () => Promise<void>;
};

/** Starts the built witness for the log of a verifier key; its memory is as long as its life. */
export async function startWitness(program: string, logKey: string): Promise<RealWitness> {
  const child = spawn(program, [logKey], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const [url, vkey] = [(await lines.next()).value, (await lines.next()).value];
  if (url === undefined || vkey === undefined) throw new Error('the witness did not start');
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return { url, vkey, close };
}
