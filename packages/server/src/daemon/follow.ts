import type { Sequencer } from '../ledger/sequencer.ts';
import type { Models } from '../store/models.ts';

/** Keeps the read models up with the log. */
export type Follower = {
  /** Resolves once the models hold everything that is durable when it is called. */
  readonly caughtUp: () => Promise<void>;
  /** Ends following; resolves once nothing more is folded. */
  readonly stop: () => Promise<void>;
};

const BATCH = 1_024;

/** Starts following. `failed` is told of a fold that failed; the next batch tries again. */
export function followLog(
  sequencer: Pick<Sequencer, 'read' | 'status' | 'onDurable'>,
  models: Pick<Models, 'nextIndex' | 'fold'>,
  failed: (cause: unknown) => void,
): Follower {
  let running: Promise<void> | undefined;
  let isStopped = false;
  const hasStopped = (): boolean => isStopped;
  const foldOnce = async (): Promise<boolean> => {
    const from = await models.nextIndex();
    const entries = isStopped ? [] : await sequencer.read(from, BATCH);
    if (entries.length > 0) await models.fold(from, entries);
    return entries.length > 0;
  };
  const run = async (): Promise<void> => {
    let hasMore = true;
    while (hasMore) hasMore = await foldOnce();
  };
  const go = (): Promise<void> => {
    running ??= run().finally(() => (running = undefined));
    return running;
  };
  const off = sequencer.onDurable(() => void go().catch(failed));
  void go().catch(failed);
  return {
    caughtUp: async () => {
      const wanted = sequencer.status().durableSize;
      while (!hasStopped() && (await models.nextIndex()) < wanted) await go();
    },
    stop: async () => {
      isStopped = true;
      off();
      await running?.catch(failed);
    },
  };
}
