import type { Vault } from '../../store/vault.ts';

type Kept = {
  readonly id: string;
  readonly name: string;
  readonly addedAt: number;
  readonly usedAt: number | null;
};

/** An authenticator app. `secret` is in base64; no code of `lastStep` or before is taken again. */
export type KeptTotp = Kept & {
  readonly kind: 'totp';
  readonly secret: string;
  readonly lastStep: number;
};

/** An authenticator. `credential` is its id in base64url, `publicKey` the COSE key in base64. */
export type KeptWebAuthn = Kept & {
  readonly kind: 'webauthn';
  readonly credential: string;
  readonly publicKey: string;
  readonly counter: number;
};

/** A factor as it is kept in the vault. */
export type KeptFactor = KeptTotp | KeptWebAuthn;

/** Everything kept of one person. */
export type FactorRecord = {
  readonly factors: readonly KeptFactor[];
  /** Wrong codes since the last right one, or since they were last locked. */
  readonly wrongCodes: number;
  /** How often codes were locked since the last right one. */
  readonly locks: number;
  readonly lockedUntil: number;
};

/** Where the records of people are kept, under their pseudonyms. */
export type FactorStore = {
  readonly load: (person: string) => Promise<FactorRecord>;
  readonly save: (person: string, record: FactorRecord) => Promise<void>;
};

const NOTHING: FactorRecord = { factors: [], wrongCodes: 0, locks: 0, lockedUntil: 0 };

/**
 * Returns the store of a vault. `removed` are the ids of factors the ledger says were removed: a
 * vault that was put back from a backup may hold them still, and they count for nothing.
 */
export function factorStore(
  vault: Pick<Vault, 'secret' | 'putSecret'>,
  removed: ReadonlySet<string>,
): FactorStore {
  return {
    load: async (person) => {
      const found = await vault.secret(nameOf(person));
      if (found === undefined) return NOTHING;
      // The compiler cannot see that whatever opens was sealed below.
      const record = JSON.parse(Buffer.from(found).toString('utf8')) as FactorRecord;
      return { ...record, factors: record.factors.filter(({ id }) => !removed.has(id)) };
    },
    save: (person, record) => {
      return vault.putSecret(nameOf(person), Buffer.from(JSON.stringify(record)));
    },
  };
}

function nameOf(person: string): string {
  return `factors/${person}`;
}
