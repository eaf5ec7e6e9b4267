/** Runs what is asked under one name one after the other. */
export type Turns = <T>(name: string, act: () => Promise<T>) => Promise<T>;

/** Returns turns that remember only the names something is running under. */
export function makeTurns(): Turns {
  const running = new Map<string, Promise<unknown>>();
  return async (name, act) => {
    const before = running.get(name) ?? Promise.resolve();
    const own = before.then(act, act);
    running.set(name, own);
    try {
      return await own;
    } finally {
      if (running.get(name) === own) running.delete(name);
    }
  };
}
