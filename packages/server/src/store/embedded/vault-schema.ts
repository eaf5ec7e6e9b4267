import type { Schema } from './schema.ts';

/**
 * The vault's tables. `subject` is only ever appended to, and an erased row is overwritten in
 * place: the `secure_delete` of SQLite promises nothing about copies left where rows are moved
 * between pages, and none of these is moved. An erased row keeps its random id.
 */
export const VAULT_SCHEMA: Schema = {
  what: 'vault',
  applicationId: 0x504c5654,
  migrations: [
    `
    CREATE TABLE root (one INTEGER PRIMARY KEY CHECK (one = 1), check_value BLOB NOT NULL) STRICT;
    CREATE TABLE subject (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      name_hash BLOB NOT NULL,
      name BLOB NOT NULL,
      key BLOB NOT NULL,
      is_erased INTEGER NOT NULL CHECK (is_erased IN (0, 1))
    ) STRICT;
    CREATE UNIQUE INDEX subject_by_id ON subject (id);
    CREATE UNIQUE INDEX subject_by_name ON subject (name_hash) WHERE is_erased = 0;
    CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE api_key (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record BLOB NOT NULL)
      STRICT;
    `,
    `
    CREATE TABLE credential (
      number INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      record BLOB NOT NULL,
      secret BLOB
    ) STRICT;
    `,
  ],
};
