import type { Schema } from './schema.ts';

/**
 * The tables of the read models. Every index ends, as all of SQLite's do, in the row's number,
 * which is the entry's index: so each of them gives pages newest first without sorting.
 *
 * A changed schema is another text here and one more blank step before it, so that the version
 * grows: what was made by other steps is dropped and folded again.
 */
export const MODELS_SCHEMA: Schema = {
  what: 'store of read models',
  applicationId: 0x504c524d,
  migrations: [
    '',
    '',
    '',
    `
    CREATE TABLE progress (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      next_index INTEGER NOT NULL,
      last_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO progress VALUES (1, 0, 0);

    CREATE TABLE event (
      idx INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      agent TEXT,
      session TEXT,
      subject TEXT,
      blob TEXT,
      decision TEXT,
      tool TEXT,
      verdict TEXT,
      outcome TEXT
    ) STRICT;
    CREATE INDEX event_at ON event (at);
    CREATE INDEX event_kind ON event (kind);
    CREATE INDEX event_agent ON event (agent);
    CREATE INDEX event_agent_kind ON event (agent, kind);
    CREATE INDEX event_session ON event (session);
    CREATE INDEX event_subject ON event (subject);

    CREATE TABLE seen (
      agent TEXT PRIMARY KEY,
      last_at INTEGER NOT NULL,
      last_idx INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE activity (
      minute INTEGER NOT NULL,
      agent TEXT NOT NULL,
      decisions INTEGER NOT NULL,
      refusals INTEGER NOT NULL,
      PRIMARY KEY (minute, agent)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE session (
      idx INTEGER PRIMARY KEY,
      opened_at INTEGER NOT NULL,
      agent TEXT NOT NULL,
      session TEXT NOT NULL,
      closed_at INTEGER,
      task TEXT,
      opened_by TEXT NOT NULL,
      subject TEXT,
      decisions INTEGER NOT NULL,
      refusals INTEGER NOT NULL,
      last_at INTEGER NOT NULL,
      room_mark TEXT
    ) STRICT;
    CREATE INDEX session_room ON session (room_mark);
    CREATE UNIQUE INDEX session_session ON session (session, agent);
    CREATE INDEX session_agent ON session (agent);
    CREATE INDEX session_subject ON session (subject);

    CREATE TABLE decision (
      idx INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      agent TEXT NOT NULL,
      session TEXT NOT NULL,
      decision TEXT NOT NULL,
      pact TEXT NOT NULL,
      tool TEXT,
      verdict TEXT NOT NULL,
      rules TEXT NOT NULL,
      outcome TEXT,
      outcome_idx INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX decision_decision ON decision (decision);
    CREATE INDEX decision_agent ON decision (agent);
    CREATE INDEX decision_agent_verdict ON decision (agent, verdict);
    CREATE INDEX decision_agent_tool ON decision (agent, tool);
    CREATE INDEX decision_verdict ON decision (verdict);
    CREATE INDEX decision_tool ON decision (tool);
    CREATE INDEX decision_session ON decision (session);
    CREATE INDEX decision_unfinished ON decision (idx)
      WHERE outcome IS NULL AND verdict IN ('allow', 'modify');
    CREATE INDEX decision_agent_unfinished ON decision (agent)
      WHERE outcome IS NULL AND verdict IN ('allow', 'modify');

    CREATE TABLE decision_rule (
      agent TEXT NOT NULL,
      rule TEXT NOT NULL,
      idx INTEGER NOT NULL,
      PRIMARY KEY (agent, rule, idx)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX decision_rule_rule ON decision_rule (rule, idx);

    CREATE TABLE grant (
      idx INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      agent TEXT NOT NULL,
      session TEXT NOT NULL,
      claim TEXT,
      mechanism TEXT NOT NULL,
      is_once INTEGER NOT NULL,
      verified_at INTEGER,
      expires_at INTEGER,
      ended TEXT,
      ended_at INTEGER
    ) STRICT;
    CREATE INDEX grant_agent ON grant (agent);
    CREATE INDEX grant_session ON grant (session);
    CREATE INDEX grant_mechanism ON grant (mechanism);
    `,
  ],
};
