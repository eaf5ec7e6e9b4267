import { keyOf, type RequestId, type Response } from './message.ts';

type Settle = (response: Response) => void;

type Waiting = { readonly settle: Settle; readonly lost: (() => void) | null };

// Of a server that never answers, what was given up long ago is forgotten first.
const MOST_WAITING = 10_000;

/** Requests on their way to one side, by their ids, until they are answered or given up. */
export class Exchange {
  readonly #waiting = new Map<string, Waiting>();

  get size(): number {
    return this.#waiting.size;
  }

  has(id: RequestId): boolean {
    return this.#waiting.has(keyOf(id));
  }

  /** Remembers who waits for the answer to an id, and who hears that none comes. */
  open(id: RequestId, settle: Settle, lost: (() => void) | null = null): void {
    const key = keyOf(id);
    this.#waiting.delete(key);
    this.#waiting.set(key, { settle, lost });
    const [oldest] = this.#waiting.size > MOST_WAITING ? this.#waiting.keys() : [];
    if (oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** Hands an answer to whoever waits for it; false when nobody does. */
  settle(response: Response): boolean {
    const key = keyOf(response.id);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return false;
    this.#waiting.delete(key);
    waiting.settle(response);
    return true;
  }

  /** No answer to an id comes any more. Who does not want to hear of it goes on waiting. */
  lose(id: RequestId): void {
    const lost = this.#waiting.get(keyOf(id))?.lost ?? null;
    if (lost === null) return;
    this.#waiting.delete(keyOf(id));
    lost();
  }

  /** Waits for an answer no longer. */
  drop(id: RequestId): void {
    this.#waiting.delete(keyOf(id));
  }

  /** No answer comes any more: whoever wants to hears of it, and nobody waits. */
  loseAll(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { lost } of waiting) lost?.();
  }
}
