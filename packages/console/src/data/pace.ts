/** Work that is done again whenever it is wanted, but never twice at once nor too often. */
export type Pace = { readonly want: () => void; readonly stop: () => void };

/**
 * Paces work: the first wish is done at once, those that come within `everyMs` of the last end
 * together once it is over.
 */
export function startPacing(work: () => Promise<unknown>, everyMs: number): Pace {
  let isWanted = false;
  let isResting = false;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = (): void => {
    timer = setTimeout(() => {
      isResting = false;
      if (isWanted) run();
    }, everyMs);
  };
  const run = (): void => {
    isWanted = false;
    isResting = true;
    if (!isStopped) work().then(rest, rest);
  };
  return {
    want() {
      isWanted = true;
      if (!isResting && !isStopped) run();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
