import { Pool } from 'undici';

/** Requests of one server, over so many connections kept alive, one at a time on each. */
export class HttpLoad {
  readonly #pool: Pool;

  /** socketPath: the Unix socket it listens on, instead of the origin's port. */
  constructor(origin: string, connections: number, socketPath?: string) {
    const connect = socketPath === undefined ? {} : { connect: { socketPath } };
    this.#pool = new Pool(origin, { connections, pipelining: 1, ...connect });
  }

  /**
   * Posts JSON, or nothing, and returns the JSON of the answer. Anything but success ends the
   * benchmark.
   */
  async post(path: string, body: object | null, key: string | null = null): Promise<unknown> {
    const headers: Record<string, string> = {};
    if (body !== null) headers['content-type'] = 'application/json';
    if (key !== null) headers['authorization'] = `Bearer ${key}`;
    const text = body === null ? null : JSON.stringify(body);
    const answer = await this.#pool.request({ path, method: 'POST', headers, body: text });
    const said = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}: ${said}`);
    return JSON.parse(said);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
