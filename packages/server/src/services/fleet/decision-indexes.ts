import type { FleetReading } from './fleet-reading.ts';

const MOST_OF_AN_ITEM = 10;
const MOST_LOOKED_UP = 200;

/** Finds where decisions stand in the ledger; beyond a bound it finds nothing more. */
export class DecisionIndexes {
  readonly #models: FleetReading['models'];
  #left = MOST_LOOKED_UP;

  constructor({ models }: Pick<FleetReading, 'models'>) {
    this.#models = models;
  }

  /** Returns where the last of these decisions stand, oldest first. */
  async of(decisions: readonly string[]): Promise<readonly number[]> {
    const indexes: number[] = [];
    for (const decision of decisions.slice(-MOST_OF_AN_ITEM)) {
      if (this.#left === 0) break;
      this.#left -= 1;
      const index = (await this.#models.decision(decision))?.index;
      if (index !== undefined) indexes.push(index);
    }
    return indexes.sort((one, other) => one - other);
  }
}
