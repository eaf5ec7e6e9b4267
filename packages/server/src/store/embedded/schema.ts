import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from './sqlite-error.ts';

/**
 * What a database holds, as the steps that make it. A step that was ever released is never changed:
 * the digest of every step a database went through is kept in it.
 */
export type Schema = {
  /** What the database is, for messages. */
  readonly what: string;
  /** SQLite's application id, which tells kinds of databases apart. */
  readonly applicationId: number;
  readonly migrations: readonly string[];
};

/** How a database stands to a schema. */
export type SchemaState = 'current' | 'older' | 'empty';

const DIGESTS = 'CREATE TABLE migration (number INTEGER PRIMARY KEY, digest TEXT NOT NULL) STRICT';

/**
 * Reads how a database stands to a schema. Errors: `StoreError` of fault `newer-schema`, `damaged`
 * or `foreign`.
 */
export function schemaState(file: string, database: DatabaseSync, schema: Schema): SchemaState {
  const version = pragma(database, 'user_version');
  const { what, migrations } = schema;
  if (version === 0 && isEmpty(database)) return 'empty';
  if (pragma(database, 'application_id') !== schema.applicationId) {
    throw new StoreError('foreign', `\`${file}\` is no ${what}: put a backup in its place`);
  }
  if (version > migrations.length) {
    const advice = 'start that version or a later one';
    throw new StoreError('newer-schema', `\`${file}\` is a ${what} of a newer program: ${advice}`);
  }
  const digests = database.prepare('SELECT digest FROM migration ORDER BY number').all();
  const isAsMade =
    digests.length === version &&
    digests.every(({ digest }, index) => digest === digestOf(migrations[index] ?? ''));
  if (!isAsMade) {
    const message = `\`${file}\` is a ${what} made by other steps: put a backup in its place`;
    throw new StoreError('damaged', message);
  }
  return version === migrations.length ? 'current' : 'older';
}

/** Takes a database through the steps it has not gone through, each in a transaction. */
export function migrate(database: DatabaseSync, schema: Schema): void {
  const done = pragma(database, 'user_version');
  for (const [index, step] of schema.migrations.entries()) {
    if (index < done) continue;
    database.exec('BEGIN IMMEDIATE');
    try {
      takeStep(database, schema, index);
      database.exec(step);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

function takeStep(database: DatabaseSync, schema: Schema, index: number): void {
  if (index === 0) {
    database.exec(DIGESTS);
    database.exec(`PRAGMA application_id = ${schema.applicationId}`);
  }
  const insert = database.prepare('INSERT INTO migration (number, digest) VALUES (?, ?)');
  insert.run(index + 1, digestOf(schema.migrations[index] ?? ''));
  database.exec(`PRAGMA user_version = ${index + 1}`);
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function digestOf(step: string): string {
  return hash('sha256', step, 'hex');
}
