import type { Subject, Vault } from '../store/vault.ts';

/** What the cache asks of a vault. */
export type SubjectVault = Pick<Vault, 'subject' | 'subjectKey' | 'eraseSubject'>;

const DEFAULT_LIMIT = 10_000;

/**
 * The subjects in use, so that sealing does not ask the vault. Holds the ones used last, at most
 * `limit`; each is loaded once, however many ask at once. One that was erased through here is let
 * go before the vault is asked to erase it, and is not taken in again by a load already under way.
 */
export class Subjects {
  readonly #vault: SubjectVault;
  readonly #limit: number;
  readonly #byId: Map<string, Subject> = new Map();
  readonly #loads: Map<string, Promise<Subject | undefined>> = new Map();
  #erasures = 0;

  constructor(vault: SubjectVault, limit: number = DEFAULT_LIMIT) {
    if (limit < 1) throw new Error('bug: a cache that holds nothing');
    this.#vault = vault;
    this.#limit = limit;
  }

  /** Returns the subject of a name, made when there is none. Errors: `VaultError`. */
  async named(name: string): Promise<Subject> {
    const erasures = this.#erasures;
    const subject = await this.#vault.subject(name);
    return this.#byId.get(subject.id) ?? this.#keep(subject, erasures);
  }

  /** Returns a subject by its id, or undefined when it was erased. Errors: `VaultError`. */
  async byId(id: string): Promise<Subject | undefined> {
    const known = this.cached(id);
    if (known !== undefined) return known;
    const underWay = this.#loads.get(id);
    if (underWay !== undefined) return underWay;
    const load = this.#load(id).finally(() => this.#loads.delete(id));
    this.#loads.set(id, load);
    return load;
  }

  /** Returns a subject that is held, without asking the vault. */
  cached(id: string): Subject | undefined {
    const known = this.#byId.get(id);
    if (known === undefined) return undefined;
    this.#byId.delete(id);
    this.#byId.set(id, known);
    return known;
  }

  /** Erases a subject here and in the vault; see `Vault.eraseSubject`. */
  async erase(id: string): Promise<boolean> {
    this.#erasures += 1;
    this.#byId.delete(id);
    try {
      return await this.#vault.eraseSubject(id);
    } finally {
      // Whoever asked in between may have been given the key; it is not kept.
      this.#erasures += 1;
      this.#byId.delete(id);
    }
  }

  async #load(id: string): Promise<Subject | undefined> {
    const erasures = this.#erasures;
    const key = await this.#vault.subjectKey(id);
    return key === undefined ? undefined : this.#keep({ id, key }, erasures);
  }

  #keep(subject: Subject, erasures: number): Subject {
    if (erasures !== this.#erasures) return subject;
    this.#byId.set(subject.id, subject);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > this.#limit && oldest !== undefined) this.#byId.delete(oldest);
    return subject;
  }
}
