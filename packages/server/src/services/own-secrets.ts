import type { ReadSecret } from '../notify/read-secret.ts';
import type { Credential, Vault } from '../store/vault.ts';

type Held = { readonly credential: Credential; readonly secret: string };

/**
 * The secrets of the vault that are for no agent: those the daemon uses for its own messages. They
 * are read at once and may be changed at any time, so they stand in memory while they are good.
 */
export class OwnSecrets {
  readonly #clock: () => number;
  readonly #held = new Map<string, Held>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Opens all of them. */
  async open(vault: Pick<Vault, 'credentials' | 'credentialSecret'>): Promise<void> {
    for (const credential of await vault.credentials()) {
      if (!isOwn(credential) || credential.revokedAt !== null) continue;
      const secret = await vault.credentialSecret(credential);
      if (secret === undefined) continue;
      this.keep(credential, Buffer.from(secret).toString('utf8'));
      secret.fill(0);
    }
  }

  /** Takes one that was added or has another secret; what is for agents is left out. */
  keep(credential: Credential, secret: string): void {
    if (isOwn(credential)) this.#held.set(credential.id, { credential, secret });
  }

  forget(id: string): void {
    this.#held.delete(id);
  }

  /** Returns the secret of a credential by its id, or the newest of its name. */
  read(name: string): ReturnType<ReadSecret> {
    const now = this.#clock();
    const found = [...this.#held.values()].findLast(
      ({ credential: { id, name: own, expiresAt } }) => {
        return (id === name || own === name) && (expiresAt === null || now < expiresAt);
      },
    );
    if (found !== undefined) return { ok: true, secret: found.secret };
    const advice = '`plumb credential add --own` keeps one';
    return {
      ok: false,
      why: `the vault holds no secret \`${name}\` of the daemon's own: ${advice}`,
    };
  }
}

function isOwn({ agents }: Credential): boolean {
  return agents.length === 0;
}
