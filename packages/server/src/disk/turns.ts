/** Work under the same name goes one after the other, a failure notwithstanding. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Returns what the work returns, once all that was asked before under the name is over. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
