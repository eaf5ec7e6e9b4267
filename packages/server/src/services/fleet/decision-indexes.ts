import type { FleetReading } from './fleet-reading.ts';

const MOST_OF_AN_ITEM = 10;
const MOST_LOOKED_UP = 200;

/** Finds where decisions stand in the ledger; beyond a bound it finds nothing more. */
export class DecisionIndexes {
  readonly #models: FleetReading['models'];
  #left = MOST_LOOKED_UP;
  #asked: string[] = [];
  #found: Promise<ReadonlyMap<string, number>> | null = null;

  constructor({ models }: Pick<FleetReading, 'models'>) {
    this.#models = models;
  }

  /** Returns where the last of these decisions stand, oldest first. */
  async of(decisions: readonly string[]): Promise<readonly number[]> {
    const wanted = decisions.slice(-Math.min(MOST_OF_AN_ITEM, this.#left));
    if (wanted.length === 0 || this.#left === 0) return [];
    this.#left -= wanted.length;
    this.#asked.push(...wanted);
    this.#found ??= this.#lookUp();
    const found = await this.#found;
    const indexes = wanted.flatMap((decision) => found.get(decision) ?? []);
    return indexes.sort((one, other) => one - other);
  }

  /** Looks up together what is asked for in one turn. */
  async #lookUp(): Promise<ReadonlyMap<string, number>> {
    await Promise.resolve();
    const asked = this.#asked;
    this.#asked = [];
    this.#found = null;
    return this.#models.whereDecided(asked);
  }
}
