import type { Credential, Vault } from '../store/vault.ts';

/**
 * The secrets of credentials that are in use, in memory, by agent and credential. What is dropped
 * is overwritten and has to be opened from the vault again.
 */
export class HeldSecrets {
  readonly #vault: Pick<Vault, 'credentialSecret'>;
  readonly #byAgent = new Map<string, Map<string, Buffer>>();
  #drops = 0;

  constructor(vault: Pick<Vault, 'credentialSecret'>) {
    this.#vault = vault;
  }

  /** Opens a secret for an agent; undefined when there is none, or it was dropped meanwhile. */
  async open(agent: string, { id, version }: Credential): Promise<Buffer | undefined> {
    const held = this.#byAgent.get(agent)?.get(id);
    if (held !== undefined) return held;
    const drops = this.#drops;
    const secret = await this.#vault.credentialSecret({ id, version });
    if (secret === undefined || drops !== this.#drops) return undefined;
    const own = this.#byAgent.get(agent) ?? new Map<string, Buffer>();
    this.#byAgent.set(agent, own);
    // Two that opened it at once hold the same bytes.
    const kept = own.get(id) ?? Buffer.from(secret);
    own.set(id, kept);
    secret.fill(0);
    return kept;
  }

  /** Returns a secret that an agent's calls use already. */
  held(agent: string, id: string): Buffer | undefined {
    return this.#byAgent.get(agent)?.get(id);
  }

  /** Returns whether an agent's calls still use these very bytes: what was dropped is zeros. */
  isHeld(agent: string, id: string, secret: Buffer): boolean {
    return this.#byAgent.get(agent)?.get(id) === secret;
  }

  /** Drops every secret that an agent's calls use; returns the ids of their credentials. */
  drop(agent: string): readonly string[] {
    const own = this.#byAgent.get(agent) ?? new Map<string, Buffer>();
    this.#byAgent.delete(agent);
    this.#drops += 1;
    for (const secret of own.values()) secret.fill(0);
    return [...own.keys()];
  }

  /** Drops the secret of one credential, whoever used it. */
  forget(id: string): void {
    this.#drops += 1;
    for (const own of this.#byAgent.values()) {
      own.get(id)?.fill(0);
      own.delete(id);
    }
  }
}
