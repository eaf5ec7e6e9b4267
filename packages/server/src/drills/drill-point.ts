import { setTimeout as pause } from 'node:timers/promises';

import { type EnforcementPoint, openEnforcementPoint } from '../client/enforcement-point.ts';
import type { Answer } from '../guard/guard.ts';
import type { DrillGround } from '../guard/drill-ground.ts';
import { FORWARD } from './drill-pact.ts';
import { ownWay } from './own-way.ts';
import type { Practice } from './practice.ts';

/** What was forwarded and refused so far. Moments are of the monotonic clock, in ms. */
export type Forwarded = {
  readonly count: number;
  readonly lastMs: number | null;
  /** Actions asked for, or permits held, of which nothing was forwarded. */
  readonly refused: number;
};

/** An enforcement point of the daemon's own, whose actions go nowhere. */
export type DrillPoint = {
  /** Resolves with whether it holds a lease, at the latest after so long. */
  readonly ready: (withinMs: number) => Promise<boolean>;
  /** Asks for permits and keeps them. Resolves with how many it holds. */
  readonly hoard: (count: number) => Promise<number>;
  /** Forwards one action after the other until it is stopped. */
  readonly begin: () => void;
  /** Tries to use the permits that were kept. */
  readonly spend: () => Promise<void>;
  readonly seen: () => Forwarded;
  /** Ends everything. */
  readonly close: () => Promise<void>;
};

const LANES = 2;
const APART_MS = 5;
const REFUSED_APART_MS = 25;

/** Opens the point in a session of the ground; `practice` is what its halt ends beside calls. */
export function openDrillPoint(
  ground: DrillGround,
  { session, practice }: { readonly session: string; readonly practice: Practice },
): DrillPoint {
  const point = openEnforcementPoint({
    target: () => Promise.resolve(ownWay(ground)),
    agent: ground.agent,
    name: 'drill',
    ending: {
      session,
      executors: practice.executors,
      stopped: ({ cancels }) => (cancels ? practice.end() : Promise.resolve([])),
      leased: () => undefined,
    },
  });
  return new Lanes(point, session);
}

class Lanes implements DrillPoint {
  readonly #point: EnforcementPoint;
  readonly #session: string;
  readonly #held: Answer[] = [];
  readonly #running: Promise<void>[] = [];
  #isOver = false;
  #asked = 0;
  #count = 0;
  #refused = 0;
  #lastMs: number | null = null;

  constructor(point: EnforcementPoint, session: string) {
    this.#point = point;
    this.#session = session;
  }

  async ready(withinMs: number): Promise<boolean> {
    await Promise.race([this.#point.ready(), pause(withinMs, undefined, { ref: false })]);
    return this.#point.isLive();
  }

  async hoard(count: number): Promise<number> {
    for (let tries = 0; tries < count; tries += 1) {
      const answer = await this.#ask();
      if (answer !== null) this.#held.push(answer);
    }
    return this.#held.length;
  }

  begin(): void {
    for (let lane = 0; lane < LANES; lane += 1) this.#running.push(this.#run());
  }

  async spend(): Promise<void> {
    for (const answer of this.#held) await this.#forward(answer);
  }

  seen(): Forwarded {
    return { count: this.#count, lastMs: this.#lastMs, refused: this.#refused };
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
    await this.#point.close();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const answer = await this.#ask();
      const isForwarded = answer !== null && (await this.#forward(answer));
      if (!isForwarded && answer === null) this.#refused += 1;
      await pause(isForwarded ? APART_MS : REFUSED_APART_MS);
    }
  }

  async #ask(): Promise<Answer | null> {
    this.#asked += 1;
    const proposed = { session: this.#session, tool: FORWARD, args: {} };
    const said = await this.#point.decide({ ...proposed, request: `${this.#asked}` });
    return said.ok && said.value.permit !== null ? said.value : null;
  }

  async #forward(answer: Answer): Promise<boolean> {
    const said = await this.#point.forward(answer, async () => {
      this.#count += 1;
      this.#lastMs = performance.now();
    });
    if (!said.ok) {
      this.#refused += 1;
      return false;
    }
    const { decision } = answer;
    const told = { session: this.#session, decision, status: 'ok', result: null } as const;
    await this.#point.report({ ...told, records: null });
    return true;
  }
}
