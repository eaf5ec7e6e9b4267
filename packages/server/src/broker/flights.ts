import type { PermittedAction, Stopped } from '../guard/guard.ts';

/** A call on its way. */
export type BrokeredFlight = {
  readonly agent: string;
  readonly action: Pick<PermittedAction, 'session' | 'task' | 'room' | 'tool'>;
  readonly cancel: AbortController;
  /** Resolves when its outcome was reported, or could not be. */
  readonly landed: Promise<unknown>;
};

/** The calls on their way: bounded, and cancelled by what stops them. */
export class BrokeredFlights {
  readonly #most: number;
  readonly #flying = new Set<BrokeredFlight>();

  constructor(most: number) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#flying.size >= this.#most;
  }

  get count(): number {
    return this.#flying.size;
  }

  /** Runs a call that can be cancelled. */
  run<T>(
    of: Pick<BrokeredFlight, 'agent' | 'action'>,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const cancel = new AbortController();
    const landed = work(cancel.signal);
    const flight: BrokeredFlight = { ...of, cancel, landed };
    this.#flying.add(flight);
    return landed.finally(() => this.#flying.delete(flight));
  }

  /** Cancels every call that a halt is about, in this turn. */
  stop(stopped: Stopped): void {
    for (const flight of this.#flying) if (isStopped(flight, stopped)) flight.cancel.abort();
  }

  /** Whether a call of an agent was cancelled and has not come to its end. */
  hasCancelled(agent: string): boolean {
    return this.#cancelled(agent).length > 0;
  }

  /** Resolves when every call of an agent that was cancelled so far was reported. */
  async landCancelled(agent: string): Promise<void> {
    await Promise.allSettled(this.#cancelled(agent).map(({ landed }) => landed));
  }

  #cancelled(agent: string): readonly BrokeredFlight[] {
    return [...this.#flying].filter(
      (flight) => flight.agent === agent && flight.cancel.signal.aborted,
    );
  }

  /** Cancels everything and waits until each is reported. */
  async close(): Promise<void> {
    for (const { cancel } of this.#flying) cancel.abort();
    await Promise.allSettled([...this.#flying].map(({ landed }) => landed));
  }
}

function isStopped({ agent, action }: BrokeredFlight, stopped: Stopped): boolean {
  if (agent !== stopped.agent) return false;
  switch (stopped.scope) {
    case 'fleet':
    case 'agent':
      return true;
    case 'session':
      return action.session === stopped.target;
    case 'room':
      return action.room === stopped.target;
    case 'task':
      return action.task === stopped.target;
    case 'tool':
      return action.tool === stopped.target;
  }
}
