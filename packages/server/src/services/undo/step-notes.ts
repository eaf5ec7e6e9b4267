import type { JsonObject } from '@plumbline/core';

import { served } from '../served.ts';
import type { Served } from '../services.ts';
import type { WriteEntry, Written } from '../write-entry.ts';
import type { UNDO_KINDS, UndoBook } from './undo-book.ts';
import type { StepState, UndoSet } from './undo-types.ts';

/** What is written down of undoing, and who is told of it. */
export type Noting = {
  readonly write: WriteEntry;
  readonly book: UndoBook;
  readonly told: (undo: string) => void;
};

type Kind = (typeof UNDO_KINDS)[number];

/** Writes an entry down; what is durable is folded as a start would fold it. */
export async function note(
  { write, book, told }: Noting,
  agent: string,
  entry: {
    readonly kind: Kind;
    readonly open: JsonObject;
    readonly sealed?: NonNullable<Parameters<WriteEntry>[0]['sealed']>;
  },
): Promise<Served<Written>> {
  const written = await write({ agent, ...entry });
  if (!written.ok) return written;
  const { index, at } = written.value;
  const { kind, open } = entry;
  book.fold({ kind, agent, at, open, index });
  const { undo } = open;
  if (typeof undo === 'string') told(undo);
  return served(written.value);
}

/** How one action of a set stands now. */
export type StepNote = {
  readonly n: number;
  readonly state: StepState;
  /** What the guard decided; null: nothing, or what it was. */
  readonly decision?: string | null;
  readonly why?: string | null;
  /** The person who said so; null: it was seen. */
  readonly by?: string | null;
};

const TRIES = { most: 50, apartMs: 100 };

/** Writes down how one action of a set stands; a log that is full for the moment is asked again. */
export async function noteStep(
  noting: Noting,
  { undo, agent }: UndoSet,
  { n, state, decision = null, why = null, by = null }: StepNote,
): Promise<Served<Written>> {
  const open = { undo, n, state, decision, why, by };
  for (let tries = 1; ; tries += 1) {
    const written = await note(noting, agent, { kind: 'undo_step', open });
    if (written.ok || written.error.code !== 'overloaded' || tries === TRIES.most) return written;
    await new Promise((resolve) => setTimeout(resolve, TRIES.apartMs).unref());
  }
}
