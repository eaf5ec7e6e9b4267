/** How much of everything a supervised agent may use. Null: no bound of its own. */
export type Limits = {
  /** Memory of all its processes together, and what one may map for writing. */
  readonly memoryBytes: number;
  /** Processes; threads are eight times as many at most. */
  readonly processes: number;
  /** Of all its processes together. */
  readonly cpuMs: number | null;
  readonly timeMs: number | null;
  /** Processor time without any action: forgotten work, mining. */
  readonly busyMs: number | null;
  /** Time without any action and without work. */
  readonly idleMs: number | null;
};

/** Folders of this machine that an agent sees; of the same name inside. */
export type Folders = {
  /** Where it works, and may write. */
  readonly work: string;
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Its home; null: a fresh one that is gone when it ends. */
  readonly home: string | null;
};

/** A user and group by number. */
export type Who = { readonly uid: number; readonly gid: number };

/** Everything a sandbox is set up from. */
export type SandboxPlan = {
  readonly command: readonly string[];
  readonly who: Who;
  readonly folders: Folders;
  readonly limits: Limits;
  /** What stands in the agent's environment, and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
};
