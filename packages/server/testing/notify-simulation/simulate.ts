import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { randomOf, type Random } from '@plumbline/testkit';

import type { Channel } from '../../src/notify/channel.ts';
import { type MemorySequencer, openMemorySequencer } from '../memory-sequencer.ts';
import { type NotifyScene, openScene } from '../notify-scene.ts';
import { AttemptChecks, isOf } from './check-attempts.ts';
import { type Name, NAMES, openPlaces, type PlaceOfService, rulesOfPlaces } from './places.ts';
import { VirtualTime } from './virtual-time.ts';
import { watched } from './watched.ts';
import { World } from './world.ts';

/** What one schedule came to. No faults: everything held that must hold. */
export type Simulated = {
  readonly faults: readonly string[];
  readonly told: number;
  readonly attempts: number;
  readonly crashes: number;
  /** How often each thing happened to a request. */
  readonly met: ReadonlyMap<string, number>;
};

const START = 1_700_000_000_000;
const MINUTE_MS = 60_000;
const LENGTH_MS = 150 * MINUTE_MS;
const TICK_MS = 20_000;
const LONGEST_DRAIN_MS = 600 * MINUTE_MS;

/**
 * Plays one schedule on a clock of its own: four services, each away for an hour and rough around
 * it, things that happen to agents, and a daemon that is killed in between and comes back with its
 * outbox, without it, or with one of an earlier time. The same seed plays the same schedule.
 */
export async function simulate(seed: number, folder: string): Promise<Simulated> {
  const simulation = new Simulation(randomOf(seed), folder);
  return simulation.play();
}

class Simulation {
  readonly #time = new VirtualTime(START);
  readonly #dice: Random;
  readonly #file: string;
  readonly #folder: string;
  readonly #places: Readonly<Record<Name, PlaceOfService>>;
  readonly #world: World;
  readonly #checks: AttemptChecks;
  #log: MemorySequencer | null = null;
  #life = 0;
  #copies = 0;

  constructor(dice: Random, folder: string) {
    this.#dice = dice;
    this.#folder = folder;
    this.#file = join(folder, 'outbox.db');
    this.#places = openPlaces(this.#time, dice);
    this.#world = new World(dice);
    this.#checks = new AttemptChecks(this.#world.expected);
  }

  async play(): Promise<Simulated> {
    const crashes = [0, 1, 2, 3].filter(() => this.#dice.chance(0.6));
    const moments = crashes.map(() => START + this.#dice.below(LENGTH_MS)).toSorted();
    let scene = await this.#begin();
    for (const moment of moments) {
      await this.#live(scene, moment - MINUTE_MS);
      await this.#dying(scene, moment);
      await this.#crash(scene);
      this.#time.moveTo(this.#time.now + this.#dice.below(15 * MINUTE_MS));
      scene = await this.#begin();
    }
    await this.#live(scene, START + LENGTH_MS);
    await this.#drain(scene);
    this.#world.pass(this.#time.now);
    this.#look(scene);
    await scene.close();
    const { faults, attempts } = this.#checks;
    const told = attempts.filter(({ sent }) => sent?.kind === 'delivered').length;
    return { faults, told, attempts: attempts.length, crashes: crashes.length, met: this.#met() };
  }

  async #begin(): Promise<NotifyScene> {
    this.#life += 1;
    const entries = this.#log?.entries() ?? [];
    this.#log = await openMemorySequencer({ clock: this.#time.clock, entries });
    const channels = NAMES.map((name) => ({ channel: this.#watched(name), ...UNUSED }));
    const scene = await openScene(this.#folder, {
      channels,
      log: this.#log,
      rules: rulesOfPlaces(),
      clock: this.#time.clock,
    });
    await scene.notifier.start();
    await this.#flush(scene);
    return scene;
  }

  #watched(name: Name): Channel {
    const checks = this.#checks;
    const life = this.#life;
    const channel = watched(this.#places[name].channel, {
      time: this.#time,
      life,
      began: (attempt) => checks.began(attempt),
    });
    return {
      ...channel,
      send: async (message, signal) => {
        const sent = await channel.send(message, signal);
        const attempt = checks.attempts.findLast((each) => each.key === message.key);
        if (attempt !== undefined) checks.ended(attempt, this.#time.now);
        return sent;
      },
    };
  }

  /** Lets things happen until a moment, with the daemon looking at what is due again and again. */
  async #live(scene: NotifyScene, until: number): Promise<void> {
    let happensAt = this.#time.now + this.#dice.below(4 * MINUTE_MS);
    while (this.#time.now < until) {
      const looked = this.#time.now + TICK_MS;
      this.#time.moveTo(Math.min(this.#time.next(), looked, happensAt, until));
      if (this.#time.now >= happensAt) {
        await this.#world.happen(scene);
        happensAt = this.#time.now + this.#dice.below(8 * MINUTE_MS);
      }
      await this.#flush(scene);
    }
  }

  /** At last the log may take nothing more: what is told then is not written down before the end. */
  async #dying(scene: NotifyScene, until: number): Promise<void> {
    for (let count = 0; count < 3; count += 1) await this.#world.happen(scene);
    this.#log?.refuseAppends(this.#dice.chance(0.5));
    while (this.#time.now < until) {
      this.#time.moveTo(Math.min(this.#time.next(), this.#time.now + TICK_MS, until));
      await this.#flush(scene);
    }
  }

  /** Everything that can be done at this moment is done: read, sent, answered, written down. */
  async #flush(scene: NotifyScene): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await scene.notifier.caughtUp();
      await scene.notifier.tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const each of this.#world.expected) each.isRead = true;
  }

  async #crash(scene: NotifyScene): Promise<void> {
    for (const name of NAMES) this.#places[name].network.cut();
    await scene.abandon();
    const way = this.#dice.pick(['kept', 'kept', 'kept', 'lost', 'earlier']);
    if (way === 'lost') this.#lose();
    if (way === 'earlier' && this.#copies > 0) {
      this.#lose();
      cpSync(this.#copyAt(this.#dice.below(this.#copies)), this.#file);
    } else if (existsSync(this.#file)) {
      cpSync(this.#file, this.#copyAt(this.#copies));
      this.#copies += 1;
    }
  }

  #copyAt(number: number): string {
    return join(this.#folder, `copy-${number}.db`);
  }

  #lose(): void {
    for (const end of ['', '-wal', '-shm']) rmSync(`${this.#file}${end}`, { force: true });
    this.#checks.losses.push({ life: this.#life + 1, noted: new Set(this.#noted()) });
  }

  /** The keys that the ledger says were delivered, as often as it says so. */
  #noted(): readonly string[] {
    const entries = (this.#log?.entries() ?? []).map((bytes) =>
      JSON.parse(Buffer.from(bytes).toString()),
    );
    return entries.flatMap(({ kind, open }) => {
      return kind === 'notified' && open.result === 'delivered' ? [String(open.key)] : [];
    });
  }

  /** Nothing goes wrong any more until everything that waits was told. */
  async #drain(scene: NotifyScene): Promise<void> {
    for (const name of NAMES) this.#places[name].network.isCalm = true;
    const until = this.#time.now + LONGEST_DRAIN_MS;
    const waits = (): boolean =>
      scene.outbox.counts().some(({ state, count }) => state === 'waiting' && count > 0);
    const last = this.#time.now + 100 * MINUTE_MS;
    while (this.#time.now < last || (waits() && this.#time.now < until)) {
      this.#time.moveTo(Math.min(this.#time.next(), this.#time.now + MINUTE_MS));
      await this.#flush(scene);
    }
  }

  #look(scene: NotifyScene): void {
    const { faults } = this.#checks;
    for (const { state, count, channel } of scene.outbox.counts()) {
      if (state !== 'delivered') faults.push(`${count} messages of ${channel} are ${state}`);
    }
    for (const cause of scene.failures) faults.push(`the notifier failed: ${String(cause)}`);
    for (const name of NAMES) this.#lookAt(name);
    const noted = this.#noted();
    for (const key of new Set(noted)) {
      const times = noted.filter((each) => each === key).length;
      if (times > 1) faults.push(`${key} was written down ${times} times`);
    }
  }

  #lookAt(name: Name): void {
    const { faults, attempts } = this.#checks;
    const { shows, isOpen } = this.#places[name];
    const taken = attempts.filter(({ channel, sent }) => {
      return channel === name && sent?.kind === 'delivered';
    });
    for (const each of this.#world.expected) {
      const told = taken.filter((attempt) => isOf(attempt, each));
      const keys = new Set(told.map(({ key }) => key));
      if (keys.size !== 1)
        faults.push(`${name}: ${each.event} ${each.index} has ${keys.size} keys`);
    }
    for (const { key } of taken) {
      if (shows(key) !== 1) faults.push(`${name} shows ${key} ${shows(key)} times`);
    }
    const late = new Set(taken.filter(({ event }) => event === 'word-late').map(({ key }) => key));
    const { late: owed } = this.#world;
    if (late.size < owed.length) faults.push(`${name}: ${late.size} of ${owed.length} late words`);
    const halted = this.#world.halted().length;
    const halts = taken.filter(({ event }) => event === 'halt').map(({ thread }) => thread);
    const called = [...new Set(halts)].filter((thread) => isOpen?.(thread) === true).length;
    if (isOpen !== undefined && called !== halted) {
      faults.push(`${name} calls people for ${called} halts, and ${halted} are in force`);
    }
  }

  #met(): ReadonlyMap<string, number> {
    const met = new Map<string, number>();
    for (const name of NAMES) {
      for (const [way, count] of this.#places[name].network.met) {
        met.set(way, (met.get(way) ?? 0) + count);
      }
    }
    return met;
  }
}

const UNUSED = {
  attempts: [],
  taken: [],
  answer: () => ({ kind: 'delivered', reference: null }) as const,
};
