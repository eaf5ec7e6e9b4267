import type { Executing, Execution, HaltedPart } from '../guard/halts/executing.ts';
import { isProbe } from '../guard/probe.ts';
import type { WriteEntry } from '../services/write-entry.ts';
import type { Attempt, Executor, Halted } from './executor.ts';
import { type OpenExecutions, openOfEnd, openOfStart } from './open-executions.ts';

/** What the book stands on. */
export type ExecutionParts = {
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly makeId: () => string;
  /** How long a lease of an earlier daemon may still last. */
  readonly leaseMs: number;
  readonly failed: (cause: unknown) => void;
};

/** What looking at an executor came to. */
export type Checked = { readonly executor: string; readonly attempt: Attempt | null };

type Row = {
  shown: Execution;
  readonly halted: Halted;
  /** Whose report ends it; null: the daemon does it itself. */
  readonly awaited: { readonly lease: string; readonly stop: number } | null;
  readonly startedMs: number;
  /** Resolves once the log holds that it was begun, or takes nothing. */
  written: Promise<unknown>;
};

const MOST_ROWS = 10_000;
const WRITES = { most: 100, apartMs: 100 };
const DAEMON = 'daemon';
const UNHEARD = 'it was not heard of before its lease ran out, when it ends what it runs by itself';
const RESTARTED = 'the daemon was started anew before it was heard of; its lease has run out since';

/** Everything that is done beside stopping calls, how far it is, and the record of it. */
export class ExecutionBook implements Executing {
  readonly #parts: ExecutionParts;
  readonly #executors: Executor[] = [];
  readonly #lifts: Executor[] = [];
  readonly #rows: Row[] = [];
  /** What a start put back in force before it was known what is done because of it. */
  readonly #restored: Halted[] = [];
  #changed: (halt: string) => void = () => undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
  }

  /** Adds something that is done for every halt from now on. */
  add(executor: Executor): void {
    this.#executors.push(executor);
    this.#executors.sort((one, other) => one.order - other.order);
  }

  /** Adds something that is done once what it concerns was resumed. */
  addLift(executor: Executor): void {
    this.#lifts.push(executor);
  }

  lifted(halted: Halted): void {
    if (isProbe(halted.agent)) return;
    const own = this.#lifts.filter((executor) => executor.concerns(halted));
    void this.#runAll(halted, own).catch(this.#parts.failed);
  }

  begin(part: HaltedPart): void {
    const { halt, agent, scope, target, epoch, sessions } = part;
    const halted = { halt, agent, scope, target, epoch, sessions };
    // What is given to an agent is not taken away because its halt is practised.
    const own = isProbe(agent) ? [] : this.#concerned(halted);
    if (this.#executors.length === 0 && !isProbe(agent)) this.#restored.push(halted);
    void this.#runAll(halted, own).catch(this.#parts.failed);
    for (const { lease, name, executors, session } of part.holders) {
      if (part.tool !== null || !isOf(session, part.sessions)) continue;
      for (const executor of executors) {
        this.#start(halted, { executor, holder: name, awaited: { lease, stop: part.stop } });
      }
    }
  }

  /**
   * Looks at what would be done because of a halt and ends nothing. Resolves with each executor, in
   * order; `attempt` is null where nothing can be looked at.
   */
  check(halted: Halted): Promise<readonly Checked[]> {
    const checks = this.#concerned(halted).map(async ({ name, check }) => {
      return { executor: name, attempt: (await check?.(halted).catch(faultOf)) ?? null };
    });
    return Promise.all(checks);
  }

  report(lease: string, { stop, executed = [] }: Parameters<Executing['report']>[1]): void {
    for (const { executor, ...said } of executed) {
      for (const row of this.#rows) {
        if (row.shown.state !== 'running' || row.awaited?.lease !== lease) continue;
        if (row.shown.executor === executor && row.awaited.stop <= stop) this.#end(row, said);
      }
    }
  }

  settled(halt: string, agent: string): void {
    for (const row of this.#rows) {
      const isMeant = row.halted.halt === halt && row.shown.agent === agent;
      if (isMeant && row.awaited !== null) this.#fail(row, UNHEARD);
    }
  }

  of(halt: string): readonly Execution[] {
    return this.#rows.filter((row) => row.halted.halt === halt).map(({ shown }) => shown);
  }

  watch(changed: (halt: string) => void): void {
    this.#changed = changed;
  }

  /**
   * Goes on with what an earlier daemon began: its own executors run once more. So does what it
   * never came to for a halt that still holds, such as what was to follow something else.
   */
  resume(past: Pick<OpenExecutions, 'all' | 'hasBegun'>): void {
    for (const halted of this.#restored.splice(0)) {
      const own = this.#concerned(halted).filter(({ name }) => !past.hasBegun(halted, name));
      void this.#runAll(halted, own).catch(this.#parts.failed);
    }
    for (const { execution, executor, holder, startedAt, ...halted } of past.all()) {
      const { agent } = halted;
      const told = { tries: 0, why: null, state: 'running', ms: null } as const;
      const shown = { execution, agent, executor, holder, startedAt, ...told } as const;
      const startedMs = this.#parts.monotonicMs() - (this.#parts.clock() - startedAt);
      const row: Row = { shown, halted, awaited: null, startedMs, written: Promise.resolve() };
      this.#keep(row);
      const all = [...this.#executors, ...this.#lifts];
      const own = all.find(({ name }) => name === executor);
      if (holder === DAEMON) {
        if (own === undefined) this.#fail(row, 'it is not configured any more');
        else void this.#run(row, own).catch(this.#parts.failed);
      } else {
        setTimeout(() => this.#fail(row, RESTARTED), this.#parts.leaseMs).unref();
      }
    }
  }

  #concerned(halted: Halted): readonly Executor[] {
    return this.#executors.filter((executor) => executor.concerns(halted));
  }

  async #runAll(halted: Halted, own: readonly Executor[]): Promise<void> {
    const orders = [...new Set(own.map(({ order }) => order))];
    for (const order of orders) {
      const at = own.filter((executor) => executor.order === order);
      const runs = at.map((executor) => {
        const row = this.#start(halted, { executor: executor.name, holder: DAEMON, awaited: null });
        return { run: this.#run(row, executor), isFollowed: executor.isFollowed ?? true };
      });
      for (const { run } of runs) run.catch(this.#parts.failed);
      await Promise.all(runs.filter(({ isFollowed }) => isFollowed).map(({ run }) => run));
    }
  }

  async #run(row: Row, { execute, retries }: Executor): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const attempt = await execute(row.halted).catch(faultOf);
      const isOver = attempt.state === 'done' || attempt.isFinal === true;
      const isLast = isOver || tries >= retries.most;
      const why = attempt.state === 'done' ? null : attempt.why;
      row.shown = { ...row.shown, tries, why };
      this.#changed(row.halted.halt);
      if (isLast) return this.#end(row, { state: attempt.state, ms: this.#since(row), tries, why });
      await new Promise((resolve) => setTimeout(resolve, retries.afterMs * 2 ** tries).unref());
    }
  }

  #start(
    halted: Halted,
    { awaited, ...of }: Pick<Row, 'awaited'> & Pick<Execution, 'executor' | 'holder'>,
  ): Row {
    const { agent } = halted;
    const told = { tries: 0, why: null, state: 'running', ms: null } as const;
    const startedAt = this.#parts.clock();
    const shown = { execution: this.#parts.makeId(), agent, ...of, startedAt, ...told } as const;
    const startedMs = this.#parts.monotonicMs();
    const row: Row = { shown, halted, awaited, startedMs, written: Promise.resolve() };
    this.#keep(row);
    // What is to end does not wait for the log, and its end is written after its beginning.
    row.written = nextTurn().then(() =>
      this.#write({ kind: 'executor_started', agent, open: openOfStart(shown, halted) }),
    );
    return row;
  }

  #end(
    row: Row,
    said: Pick<Execution, 'tries' | 'why' | 'ms'> & { state: 'done' | 'failed' },
  ): void {
    if (row.shown.state !== 'running') return;
    row.shown = { ...row.shown, ...said };
    this.#changed(row.halted.halt);
    const { agent } = row.shown;
    const open = openOfEnd(row.shown);
    void row.written
      .then(() => this.#write({ kind: 'executor_ended', agent, open }))
      .catch(this.#parts.failed);
  }

  #fail(row: Row, why: string): void {
    this.#end(row, { state: 'failed', ms: this.#since(row), tries: row.shown.tries, why });
  }

  #since({ startedMs }: Row): number {
    return Math.max(0, Math.round((this.#parts.monotonicMs() - startedMs) * 1_000) / 1_000);
  }

  // The oldest that has ended makes room.
  #keep(row: Row): void {
    this.#rows.push(row);
    this.#changed(row.halted.halt);
    if (this.#rows.length <= MOST_ROWS) return;
    const ended = this.#rows.findIndex(({ shown }) => shown.state !== 'running');
    this.#rows.splice(Math.max(0, ended), 1);
  }

  // A log that is full for the moment is asked again; one that stopped is read by the next start,
  // which goes on with what it says was begun.
  async #write(entry: Parameters<WriteEntry>[0]): Promise<void> {
    for (let tries = 0; tries < WRITES.most; tries += 1) {
      const written = await this.#parts.write(entry);
      if (written.ok || written.error.code !== 'overloaded') return;
      await new Promise((resolve) => setTimeout(resolve, WRITES.apartMs).unref());
    }
  }
}

function isOf(session: string | null, sessions: readonly string[] | null): boolean {
  return session === null || sessions === null || sessions.includes(session);
}

function faultOf(cause: unknown): Attempt {
  const why = cause instanceof Error ? cause.name : 'it failed';
  return { state: 'failed', why: `it failed without saying why (${why})` };
}

// The halt itself is written first: what follows from it stands behind it.
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
