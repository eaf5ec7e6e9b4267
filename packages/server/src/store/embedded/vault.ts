import { randomBytes as systemRandom, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SQLOutputValue } from 'node:sqlite';
import type { ApiKey, Credential, Subject, Vault, VaultReader } from '../vault.ts';
import { VaultError } from '../vault.ts';
import { Sqlite } from './sqlite.ts';
import { StoreError } from './sqlite-error.ts';
import { VaultCipher } from './vault-cipher.ts';
import { VAULT_SCHEMA } from './vault-schema.ts';

/** How a vault is opened. */
export type VaultOptions = {
  readonly file: string;
  /** 32 bytes. */
  readonly rootKey: Uint8Array;
  /** The most pages of 4,096 bytes it may have; as many as fit on the disk when left out. */
  readonly maxPages?: number;
  /** How long a call waits for another connection, 2,000 ms by default; the thread is blocked. */
  readonly waitMs?: number;
  /** Returns so many random bytes; the system's by default. */
  readonly random?: (size: number) => Uint8Array;
};

const MAX_NAME_BYTES = 1_024;
const CACHE_KIB = 2_048;
const JOURNAL_PAGES = 1_000;
const DEFAULT_WAIT_MS = 2_000;

/**
 * Opens a vault for writing, made when there is none. Errors: `VaultError`; nothing was changed
 * then.
 */
export function openVault(options: VaultOptions): Vault {
  return new EmbeddedVault(options, 'write');
}

/** Opens a vault for reading, also while a daemon writes it. Errors: `VaultError`. */
export function openVaultReadOnly(options: VaultOptions): VaultReader {
  return new EmbeddedVault(options, 'read');
}

class EmbeddedVault implements Vault {
  readonly #cipher: VaultCipher;
  readonly #sqlite: Sqlite;
  readonly #random: (size: number) => Uint8Array;

  constructor(options: VaultOptions, mode: 'write' | 'read') {
    const { file, rootKey, maxPages, random, waitMs } = options;
    this.#cipher = new VaultCipher(rootKey);
    this.#random = random ?? systemRandom;
    this.#sqlite = asVault(() =>
      Sqlite.open({
        file,
        mode,
        schema: VAULT_SCHEMA,
        isDurable: true,
        isSecret: true,
        isChecked: true,
        cacheKib: CACHE_KIB,
        journalPages: JOURNAL_PAGES,
        maxPages: maxPages ?? null,
        waitMs: waitMs ?? DEFAULT_WAIT_MS,
        inspect: (sqlite) => this.#checkRootKey(sqlite),
      }),
    );
    if (mode === 'read') return;
    try {
      this.#keepCheckValue();
    } catch (error) {
      this.#sqlite.close();
      throw error;
    }
  }

  async subject(name: string): Promise<Subject> {
    const bytes = Buffer.byteLength(name);
    if (bytes === 0 || bytes > MAX_NAME_BYTES) throw new Error(`bug: a name of ${bytes} bytes`);
    return asVault(() => {
      const known = this.#find(name);
      return known ?? this.#sqlite.transaction(() => this.#find(name) ?? this.#make(name));
    });
  }

  async subjectKey(id: string): Promise<Uint8Array | undefined> {
    const sql = 'SELECT number, id, key FROM subject WHERE id = ? AND is_erased = 0';
    return asVault(() => this.#subjectOf(this.#get(sql, id)))?.key;
  }

  async findSubject(name: string): Promise<string | undefined> {
    return asVault(() => this.#find(name))?.id;
  }

  async eraseSubject(id: string): Promise<boolean> {
    return asVault(() => {
      // Somebody reading the journal would keep the key in it: better to refuse before.
      this.#sqlite.truncateJournal();
      const wasThere = this.#sqlite.transaction(() => this.#overwrite(id));
      this.#sqlite.truncateJournal();
      return wasThere;
    });
  }

  async secret(name: string): Promise<Uint8Array | undefined> {
    return asVault(() => {
      const row = this.#get('SELECT value FROM secret WHERE name = ?', name);
      return row && this.#cipher.open(`secret/${name}`, blob(row['value']));
    });
  }

  async putSecret(name: string, value: Uint8Array): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO secret (name, value) VALUES (?, ?)';
    asVault(() => this.#run(sql, name, this.#cipher.seal(`secret/${name}`, value)));
  }

  async removeSecret(name: string): Promise<void> {
    asVault(() => this.#run('DELETE FROM secret WHERE name = ?', name));
  }

  async addKey(key: ApiKey): Promise<void> {
    const sql = 'INSERT INTO api_key (id, record) VALUES (?, ?)';
    asVault(() => this.#run(sql, key.id, this.#sealKey(key)));
  }

  async key(id: string): Promise<ApiKey | undefined> {
    return asVault(() => this.#keyOf(this.#get('SELECT id, record FROM api_key WHERE id = ?', id)));
  }

  async keys(): Promise<readonly ApiKey[]> {
    return asVault(() => {
      const sql = 'SELECT id, record FROM api_key ORDER BY number';
      const rows = this.#sqlite.attempt(() => this.#sqlite.statement(sql).all());
      return rows.flatMap((row) => this.#keyOf(row) ?? []);
    });
  }

  async revokeKey(id: string, at: number): Promise<boolean> {
    return asVault(() =>
      this.#sqlite.transaction(() => {
        const key = this.#keyOf(this.#get('SELECT id, record FROM api_key WHERE id = ?', id));
        if (key === undefined || key.revokedAt !== null) return false;
        const record = this.#sealKey({ ...key, revokedAt: at });
        this.#run('UPDATE api_key SET record = ? WHERE id = ?', record, id);
        return true;
      }),
    );
  }

  async addCredential(credential: Credential, secret: Uint8Array): Promise<void> {
    const sql = 'INSERT INTO credential (id, record, secret) VALUES (?, ?, ?)';
    const sealed = this.#sealCredential(credential);
    asVault(() => this.#run(sql, credential.id, sealed, this.#sealSecret(credential, secret)));
  }

  async putCredential(
    credential: Credential,
    secret: Uint8Array | null | undefined,
  ): Promise<boolean> {
    const { id } = credential;
    const record = this.#sealCredential(credential);
    if (secret === undefined) {
      const sql = 'UPDATE credential SET record = ? WHERE id = ?';
      return asVault(() => this.#run(sql, record, id) > 0);
    }
    const sealed = secret === null ? null : this.#sealSecret(credential, secret);
    const sql = 'UPDATE credential SET record = ?, secret = ? WHERE id = ?';
    return asVault(() => this.#run(sql, record, sealed, id) > 0);
  }

  async credentials(): Promise<readonly Credential[]> {
    return asVault(() => {
      const sql = 'SELECT id, record FROM credential ORDER BY number';
      const rows = this.#sqlite.attempt(() => this.#sqlite.statement(sql).all());
      return rows.map((row) => this.#credentialOf(row));
    });
  }

  async credentialSecret({
    id,
    version,
  }: Pick<Credential, 'id' | 'version'>): Promise<Uint8Array | undefined> {
    return asVault(() => {
      const row = this.#get('SELECT id, record, secret FROM credential WHERE id = ?', id);
      const secret = row?.['secret'];
      if (row === undefined || secret === undefined || secret === null) return undefined;
      if (this.#credentialOf(row).version !== version) return undefined;
      return this.#cipher.open(`credential/${id}/secret`, blob(secret));
    });
  }

  async backup(file: string): Promise<void> {
    asVault(() => {
      try {
        // The file has to be empty: a copy that is there is never written over.
        closeSync(openSync(file, 'wx', 0o600));
      } catch (cause) {
        throw backupError(file, 'name a file that is not there yet, in a folder that is', cause);
      }
      try {
        this.#run('VACUUM INTO ?', file);
        sync(file);
        sync(dirname(file));
      } catch (cause) {
        rmSync(file, { force: true });
        throw backupError(file, 'make room on its disk', cause);
      }
    });
  }

  async close(): Promise<void> {
    asVault(() => this.#sqlite.close());
  }

  #find(name: string): Subject | undefined {
    const sql = 'SELECT number, id, key FROM subject WHERE name_hash = ? AND is_erased = 0';
    return this.#subjectOf(this.#get(sql, this.#cipher.nameHash(name)));
  }

  #make(name: string): Subject {
    const id = `sub_${Buffer.from(this.#random(16)).toString('hex')}`;
    const key = this.#random(32);
    // The row's number is part of what its values are encrypted for, and nobody else writes now.
    const last = this.#get('SELECT max(number) AS number FROM subject');
    const number = Number(last?.['number'] ?? 0) + 1;
    this.#run(
      'INSERT INTO subject (number, id, name_hash, name, key, is_erased) VALUES (?, ?, ?, ?, ?, 0)',
      number,
      id,
      this.#cipher.nameHash(name),
      this.#cipher.seal(`subject/${number}/${id}/name`, Buffer.from(name)),
      this.#cipher.seal(`subject/${number}/${id}/key`, key),
    );
    return { id, key };
  }

  #subjectOf(row: Row | undefined): Subject | undefined {
    if (row === undefined) return undefined;
    const { number, id, key } = row;
    return {
      id: String(id),
      key: this.#cipher.open(`subject/${String(number)}/${String(id)}/key`, blob(key)),
    };
  }

  #overwrite(id: string): boolean {
    const sql = `UPDATE subject SET is_erased = 1, name_hash = zeroblob(length(name_hash)),
      name = zeroblob(length(name)), key = zeroblob(length(key)) WHERE id = ? AND is_erased = 0`;
    const isThere = this.#run(sql, id) > 0;
    // Pages of the index keep the hashes they once held until they are made anew.
    if (isThere) this.#sqlite.exec('REINDEX subject_by_name');
    return isThere;
  }

  #sealKey(key: ApiKey): Buffer {
    return this.#cipher.seal(`api_key/${key.id}`, Buffer.from(JSON.stringify(key)));
  }

  #keyOf(row: Row | undefined): ApiKey | undefined {
    if (row === undefined) return undefined;
    const text = this.#cipher.open(`api_key/${String(row['id'])}`, blob(row['record'])).toString();
    // The compiler cannot see that whatever opens was sealed above. Older keys had no `Person`.
    const key = JSON.parse(text) as Omit<ApiKey, Person> & Partial<Pick<ApiKey, Person>>;
    return { ...key, email: key.email ?? null, groups: key.groups ?? [] };
  }

  #sealCredential(credential: Credential): Buffer {
    const text = Buffer.from(JSON.stringify(credential));
    return this.#cipher.seal(`credential/${credential.id}`, text);
  }

  #sealSecret({ id }: Credential, secret: Uint8Array): Buffer {
    return this.#cipher.seal(`credential/${id}/secret`, secret);
  }

  #credentialOf(row: Row): Credential {
    const place = `credential/${String(row['id'])}`;
    // The compiler cannot see that whatever opens was sealed above.
    return JSON.parse(this.#cipher.open(place, blob(row['record'])).toString()) as Credential;
  }

  #get(sql: string, ...values: Value[]): Row | undefined {
    return this.#sqlite.attempt(() => this.#sqlite.statement(sql).get(...values));
  }

  /** Returns how many rows were changed. */
  #run(sql: string, ...values: Value[]): number {
    return this.#sqlite.attempt(() => Number(this.#sqlite.statement(sql).run(...values).changes));
  }

  #checkRootKey(sqlite: Sqlite): void {
    const row = sqlite.statement('SELECT check_value FROM root').get();
    if (row === undefined) return this.#checkUnused(sqlite);
    const [found, own] = [blob(row['check_value']), this.#cipher.checkValue()];
    if (found.length === own.length && timingSafeEqual(found, own)) return;
    const advice = 'give the root key it was made with, or the vault that belongs to this key';
    const message = `vault \`${sqlite.file}\` was made with another root key: ${advice}`;
    throw new VaultError('wrong-root-key', message);
  }

  // Without a check value nothing may be in it: the program ended between making and signing it.
  #checkUnused(sqlite: Sqlite): void {
    const sql = `SELECT 1 FROM subject UNION ALL SELECT 1 FROM secret UNION ALL
      SELECT 1 FROM api_key UNION ALL SELECT 1 FROM credential LIMIT 1`;
    if (sqlite.statement(sql).get() === undefined) return;
    const advice = 'put a backup in its place';
    throw new VaultError('damaged', `vault \`${sqlite.file}\` has lost its check: ${advice}`);
  }

  #keepCheckValue(): void {
    const sql = 'INSERT OR IGNORE INTO root (one, check_value) VALUES (1, ?)';
    asVault(() => this.#run(sql, this.#cipher.checkValue()));
  }
}

type Person = 'email' | 'groups';
type Row = Readonly<Record<string, SQLOutputValue>>;
type Value = string | number | Uint8Array | null;

/** Returns what work returned. Errors: `VaultError`. */
function asVault<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const fault = error.fault === 'foreign' ? 'damaged' : error.fault;
    throw new VaultError(fault, error.message, error);
  }
}

function blob(value: SQLOutputValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('bug: a column of the vault that holds no bytes');
}

function backupError(file: string, advice: string, cause: unknown): VaultError {
  return new VaultError('disk', `no backup was written to \`${file}\`: ${advice}`, cause);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
