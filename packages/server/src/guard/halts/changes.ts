type Watched = { revision: number; readonly waiting: Set<() => void>; isWaking: boolean };

/**
 * How often each of many things changed, and who waits for the next time. Whoever waits is let go
 * once the turn is over in which something changed, and so sees all of what happened in it.
 */
export class Changes {
  readonly #watched = new Map<string, Watched>();

  /** Returns how often it changed since it was first asked about or changed. */
  of(id: string): number {
    return this.#watched.get(id)?.revision ?? 0;
  }

  /** Says that it changed. */
  note(id: string): void {
    const watched = this.#of(id);
    watched.revision += 1;
    if (watched.waiting.size === 0 || watched.isWaking) return;
    watched.isWaking = true;
    setImmediate(() => {
      watched.isWaking = false;
      for (const wake of watched.waiting) wake();
    });
  }

  /** Resolves once its revision is another than this one, or after `waitMs`. */
  until(id: string, revision: number, waitMs: number): Promise<void> {
    const watched = this.#of(id);
    if (watched.revision !== revision || waitMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        watched.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      watched.waiting.add(done);
    });
  }

  /** Lets go who waits for it, and counts it no more. */
  forget(id: string): void {
    const watched = this.#watched.get(id);
    this.#watched.delete(id);
    for (const wake of watched?.waiting ?? []) wake();
  }

  /** Lets everybody go who waits. */
  close(): void {
    for (const { waiting } of this.#watched.values()) for (const wake of waiting) wake();
  }

  #of(id: string): Watched {
    const known = this.#watched.get(id);
    if (known !== undefined) return known;
    const fresh = { revision: 0, waiting: new Set<() => void>(), isWaking: false };
    this.#watched.set(id, fresh);
    return fresh;
  }
}
