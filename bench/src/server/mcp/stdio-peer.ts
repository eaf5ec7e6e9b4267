import { type ChildProcess, spawn } from 'node:child_process';

import { HELLO, type Peer, type Programs, READY, resultIn } from './peer.ts';

/** Starts a program that speaks MCP over its standard streams, and shakes hands with it. */
export async function openStdioPeer(
  [program = '', ...args]: readonly string[],
  programsOf: (pid: number) => Programs,
): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = new Lines(child);
  await lines.ask('initialize', HELLO);
  lines.tell(READY);
  const close = async (): Promise<void> => {
    child.stdin?.end();
    await ended;
    process.off('exit', kill);
  };
  return {
    call: (asked) => lines.ask('tools/call', asked),
    programs: programsOf(child.pid ?? 0),
    close,
  };
}

/** Requests on their way to a child, any number at once; what is asked in one turn is one write. */
class Lines {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, () => void>();
  #rest = '';
  #id = 0;
  #out: string[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
    });
  }

  ask(method: string, params: object): Promise<void> {
    this.#id += 1;
    const id = this.#id;
    this.tell({ id, method, params });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
  }

  tell(message: object): void {
    if (this.#out.length === 0) {
      queueMicrotask(() => {
        this.#child.stdin?.write(this.#out.join(''));
        this.#out = [];
      });
    }
    this.#out.push(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #take(line: string): void {
    const { id } = resultIn(line);
    if (id === undefined) return;
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}
