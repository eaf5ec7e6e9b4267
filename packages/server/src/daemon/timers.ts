/** What is done again and again; an act is not begun while its last one runs. */
export type Timers = {
  readonly every: (intervalMs: number, act: () => Promise<void>) => void;
  /** Ends them all; resolves once what runs has ended. */
  readonly stop: () => Promise<void>;
};

/** Returns timers whose failures are told to `failed` and never end the program by themselves. */
export function makeTimers(failed: (cause: unknown) => void): Timers {
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<void>>();
  return {
    every: (intervalMs, act) => {
      let isRunning = false;
      const timer = setInterval(() => {
        if (isRunning) return;
        isRunning = true;
        const run = act()
          .catch(failed)
          .finally(() => {
            isRunning = false;
            running.delete(run);
          });
        running.add(run);
      }, intervalMs);
      timers.push(timer);
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}
