import type { Random } from '@plumbline/testkit';

import type { NotifyScene } from '../notify-scene.ts';
import { haltOpen } from '../notify-scene.ts';

/** What has to be told, as the world that made it happen knows it. */
export type Expected = {
  readonly event: 'halt' | 'resume' | 'bypass' | 'role-claim' | 'word';
  readonly index: number;
  readonly rank: number;
  readonly at: number;
  /** Whether the daemon has read it. */
  isRead: boolean;
};

type Promised = { readonly agent: string; dueAt: number | null };

const NEXT_WORD_MS = 1_800_000;
const AGENTS = ['a', 'b', 'c', 'd'] as const;
const MINUTE_MS = 60_000;

/** Everything that happens to four agents, and what people have to be told of it. */
export class World {
  readonly expected: Expected[] = [];
  /** Until when a word was promised and did not come. */
  readonly late: { readonly agent: string; readonly at: number }[] = [];
  readonly #dice: Random;
  readonly #halted = new Map<string, Promised>();
  #halts = 0;

  constructor(dice: Random) {
    this.#dice = dice;
  }

  /** Returns the agents that are halted now. */
  halted(): readonly string[] {
    return [...this.#halted.keys()];
  }

  /** Something happens. */
  async happen(scene: NotifyScene): Promise<void> {
    this.pass(scene.now());
    const agent = this.#dice.pick(AGENTS);
    const way = this.#dice.below(10);
    if (way < 4) return this.#found(scene, agent, 'role_claim');
    if (way < 6) return this.#found(scene, agent, 'bypass');
    const promised = this.#halted.get(agent);
    if (promised === undefined) return this.#halt(scene, agent);
    if (way < 8) return this.#word(scene, promised);
    return this.#resume(scene, agent);
  }

  /** Notes which words are late by now. */
  pass(now: number): void {
    for (const promised of this.#halted.values()) {
      if (promised.dueAt === null || promised.dueAt > now) continue;
      this.late.push({ agent: promised.agent, at: promised.dueAt });
      promised.dueAt = null;
    }
  }

  async #found(scene: NotifyScene, agent: string, name: 'bypass' | 'role_claim'): Promise<void> {
    const session = `s${this.expected.length}`;
    const index = await scene.write('finding', { name }, { agent, session });
    const [event, rank] =
      name === 'bypass' ? (['bypass', 1] as const) : (['role-claim', 2] as const);
    this.#expect(scene, { event, rank, index });
  }

  async #halt(scene: NotifyScene, agent: string): Promise<void> {
    this.#halts += 1;
    const index = await scene.write('halt', haltOpen(`hlt_${this.#halts}`), { agent });
    this.#expect(scene, { event: 'halt', rank: 0, index });
    this.#halted.set(agent, { agent, dueAt: scene.now() + NEXT_WORD_MS });
  }

  async #resume(scene: NotifyScene, agent: string): Promise<void> {
    const { id: _id, epoch: _epoch, ...open } = haltOpen('');
    const index = await scene.write('resume', open, { agent });
    this.#expect(scene, { event: 'resume', rank: 0, index });
    this.#halted.delete(agent);
  }

  async #word(scene: NotifyScene, promised: Promised): Promise<void> {
    const open = scene.notices.incidents().filter(({ agent, title }) => {
      return agent === promised.agent && title.startsWith('HALT');
    });
    const incident = open.toSorted((one, other) => other.at - one.at)[0]?.id;
    if (incident === undefined) return;
    const nextMinutes = this.#dice.chance(0.5) ? 20 + this.#dice.below(60) : null;
    const said = await scene.notices.say({ incident, text: 'we look at it', nextMinutes }, 'k1');
    if (!said.ok) throw new Error(`the word was refused: ${said.error.message}`);
    this.#expect(scene, { event: 'word', rank: 0, index: said.value.index });
    promised.dueAt = nextMinutes === null ? null : scene.now() + nextMinutes * MINUTE_MS;
  }

  #expect(scene: NotifyScene, of: Pick<Expected, 'event' | 'rank' | 'index'>): void {
    this.expected.push({ ...of, at: scene.now(), isRead: false });
  }
}
