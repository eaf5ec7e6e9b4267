import { connect, type Socket } from 'node:net';

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (why: Error) => void;
};

/** What a frame answers. Source: spec/api/README.md, section "Frames on the socket". */
type Answered = {
  readonly id: number;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
};

/** One connection that speaks frames, with any number of requests on their way. */
export class FrameClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #rest = '';
  #id = 0;
  #lines: string[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#take(text);
    });
    socket.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  static open(path: string): Promise<FrameClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new FrameClient(socket));
      });
    });
  }

  /** Resolves with the value of the answer, and rejects with what was refused. */
  ask(op: string, members: object): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    // What is asked in one turn goes out in one write.
    if (this.#lines.length === 0) {
      queueMicrotask(() => {
        this.#socket.write(this.#lines.join(''));
        this.#lines = [];
      });
    }
    this.#lines.push(`${JSON.stringify({ id, op, ...members })}\n`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#settle(line);
  }

  #settle(line: string): void {
    // The daemon answers in this form; another would fail below.
    const answered = JSON.parse(line) as Answered;
    const waiting = this.#waiting.get(answered.id);
    this.#waiting.delete(answered.id);
    if (answered.ok) waiting?.resolve(answered.value);
    else waiting?.reject(new Error(`${answered.code}: ${answered.message}`));
  }
}
