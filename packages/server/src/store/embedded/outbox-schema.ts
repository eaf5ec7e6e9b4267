import type { Schema } from './schema.ts';

/** The outbox's tables. */
export const OUTBOX_SCHEMA: Schema = {
  what: 'outbox',
  applicationId: 0x504c4f58,
  migrations: [
    `
    CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), next_index INTEGER NOT NULL)
      STRICT;
    INSERT INTO progress (one, next_index) VALUES (1, 0);
    CREATE TABLE channel (
      name TEXT PRIMARY KEY,
      since_index INTEGER NOT NULL,
      failures INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      held_until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE message (
      number INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      channel TEXT NOT NULL,
      thread TEXT NOT NULL,
      rank INTEGER NOT NULL,
      at INTEGER NOT NULL,
      event TEXT NOT NULL,
      notice TEXT NOT NULL,
      is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
      state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'folded')),
      attempts INTEGER NOT NULL DEFAULT 0,
      put_at INTEGER NOT NULL,
      tried_at INTEGER,
      aside_until INTEGER NOT NULL DEFAULT 0,
      ended_at INTEGER,
      fault TEXT,
      reference TEXT,
      folded_into TEXT,
      is_noted INTEGER NOT NULL DEFAULT 0 CHECK (is_noted IN (0, 1))
    ) STRICT;
    CREATE INDEX message_order ON message (channel, state, rank, at, number);
    CREATE INDEX message_thread ON message (thread, channel);
    CREATE INDEX message_unnoted ON message (number)
      WHERE is_noted = 0 AND state IN ('delivered', 'dead');
    CREATE INDEX message_parts ON message (folded_into) WHERE folded_into IS NOT NULL;
    CREATE INDEX message_ended ON message (ended_at) WHERE ended_at IS NOT NULL;
    CREATE TABLE thread (id TEXT PRIMARY KEY, thread TEXT NOT NULL, number INTEGER NOT NULL) STRICT;
    CREATE TABLE promise (
      notice TEXT PRIMARY KEY,
      thread TEXT NOT NULL,
      title TEXT NOT NULL,
      severity TEXT NOT NULL,
      agent TEXT,
      at INTEGER NOT NULL,
      due_at INTEGER NOT NULL,
      kept_at INTEGER,
      is_late INTEGER NOT NULL DEFAULT 0 CHECK (is_late IN (0, 1))
    ) STRICT;
    `,
  ],
};
