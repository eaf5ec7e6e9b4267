import type { Sequencer } from '../ledger/sequencer.ts';
import type { Models } from './models.ts';

/** Keeps the read models up with the log. */
export type Follower = {
  /**
   * Resolves once the models hold everything that is durable when it is called, or the follower
   * was stopped. However often folding fails meanwhile, it waits.
   */
  readonly caughtUp: () => Promise<void>;
  /** How many durable entries the models did not hold yet, when it last looked. */
  readonly lag: () => number;
  /** Ends following; resolves once nothing more is folded. */
  readonly stop: () => Promise<void>;
};

/** What following may be told. */
export type FollowOptions = {
  /** Is told of a failure, once for each attempt that failed. It must not throw. */
  readonly failed: (cause: unknown) => void;
  /** How many entries are read and folded at a time. */
  readonly batch?: number;
  /**
   * How long it lets entries gather before it folds fewer than a batch, in ms: a commit costs the
   * same for many. Nothing is waited for while somebody waits in `caughtUp`.
   */
  readonly gatherMs?: number;
  /** How long it waits after a failure, in ms; doubled each time it fails again, to a minute. */
  readonly retryMs?: number;
};

const BATCH = 1_024;
const GATHER_MS = 250;
const RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;

type FollowedLog = Pick<Sequencer, 'read' | 'status' | 'onDurable'>;
type FollowingModels = Pick<Models, 'nextIndex' | 'fold' | 'drop'>;

/**
 * Starts folding whatever is durable, and from then on whatever becomes so, one batch at a time.
 * Models that hold more than the log belong to another log, and are dropped first.
 */
export function followLog(
  log: FollowedLog,
  models: FollowingModels,
  options: FollowOptions,
): Follower {
  const following = new Following(log, models, options);
  return {
    caughtUp: () => following.caughtUp(),
    lag: () => following.lag(),
    stop: () => following.stop(),
  };
}

class Following {
  readonly #log: FollowedLog;
  readonly #models: FollowingModels;
  readonly #options: FollowOptions;
  readonly #off: () => void;
  readonly #ended: Promise<void>;
  readonly #watchers: Set<() => void> = new Set();
  #folded = 0;
  #isStopped = false;
  #wake: () => void = () => undefined;

  constructor(log: FollowedLog, models: FollowingModels, options: FollowOptions) {
    this.#log = log;
    this.#models = models;
    this.#options = options;
    this.#off = log.onDurable(() => this.#wake());
    this.#ended = this.#run();
  }

  async caughtUp(): Promise<void> {
    const wanted = this.#log.status().durableSize;
    while (!this.#isStopped && this.#folded < wanted) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
        this.#wake();
      });
    }
  }

  lag(): number {
    return Math.max(0, this.#log.status().durableSize - this.#folded);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#off();
    this.#wake();
    await this.#ended;
    this.#tellWatchers();
  }

  async #run(): Promise<void> {
    const { retryMs = RETRY_MS } = this.#options;
    let waitMs = retryMs;
    while (!this.#isStopped) {
      try {
        await this.#foldAll();
        waitMs = retryMs;
        await this.#untilMore();
        await this.#gather();
      } catch (cause) {
        this.#options.failed(cause);
        await this.#rest(waitMs);
        waitMs = Math.min(waitMs * 2, MAX_RETRY_MS);
      }
    }
  }

  /** Folds batch after batch, up to the first that is not full. */
  async #foldAll(): Promise<void> {
    // Asked again after each failure: the models may have been dropped because of damage.
    let from = await this.#models.nextIndex();
    if (from > this.#log.status().durableSize) {
      await this.#models.drop();
      from = 0;
    }
    this.#reach(from);
    const { batch = BATCH } = this.#options;
    while (!this.#isStopped && from < this.#log.status().durableSize) {
      const entries = await this.#log.read(from, batch);
      if (entries.length === 0) throw new Error(`the log does not show its durable entry ${from}`);
      await this.#models.fold(from, entries);
      from += entries.length;
      this.#reach(from);
      if (entries.length < batch) return;
    }
  }

  #reach(index: number): void {
    this.#folded = index;
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const tell of this.#watchers) tell();
    this.#watchers.clear();
  }

  /** Resolves when something more is durable, or following is stopped. */
  async #untilMore(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isStopped || this.#folded < this.#log.status().durableSize) resolve();
    });
  }

  /** Resolves when a batch is full, somebody waits, a while has passed, or following is stopped. */
  async #gather(): Promise<void> {
    const { batch = BATCH, gatherMs = GATHER_MS } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.#wake = () => {
        if (!this.#isStopped && this.#watchers.size === 0 && this.lag() < batch) return;
        clearTimeout(timer);
        resolve();
      };
      this.#wake();
    });
  }

  /** Resolves after a while or when stopped; what becomes durable does not hurry it. */
  async #rest(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        if (!this.#isStopped) return;
        clearTimeout(timer);
        resolve();
      };
      this.#wake();
    });
  }
}
