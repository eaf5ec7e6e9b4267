import { type CompiledPact } from '@plumbline/core';

import type { TraceRow } from '../../../data/traces.ts';
import { argumentLeaves } from '../argument-leaves.ts';
import { findPlaces, type FoundPlace } from './find-places.ts';
import { type ReadRow } from './session-record.ts';

/** A place where a value stands; where that is what a call answered, the call as well. */
export type TrailPlace = FoundPlace & { readonly call: TrailCall | null };

/** The call whose answer brought a value in: its decision, and what it was made with. */
export type TrailCall = {
  readonly index: number;
  readonly tool: string;
  readonly args: readonly TrailArg[];
};

/** One argument of such a call, and where that comes from in its turn. */
export type TrailArg = {
  readonly path: string;
  readonly value: string;
  readonly places: readonly TrailPlace[];
};

/** The way of a value back to who first said it. */
export type Trail = {
  readonly places: readonly TrailPlace[];
  /** Whether it goes on further than is told. */
  readonly isCut: boolean;
  /** How many entries before it could have held the value and are not open here. */
  readonly unseen: number;
};

const MOST_PLACES = 50;
const MOST_STEPS = 60;
const MOST_ARGS = 6;
const MOST_BEHIND_AN_ARG = 3;
const DEEPEST = 4;

/** Follows a value back: to the places it stood in, to the calls that brought them, and on. */
export function originTrail(
  pact: CompiledPact,
  read: readonly ReadRow[],
  asked: { readonly index: number; readonly value: string | number },
): Trail {
  const walk = new Walk(pact, read);
  const places = walk.placesOf(asked, { depth: 0, most: MOST_PLACES });
  const unseen = read.filter(({ row }) => row.index < asked.index && isClosedContent(row)).length;
  return { places, isCut: walk.isCut, unseen };
}

const CONTENTS: ReadonlySet<string> = new Set(['session_opened', 'message', 'outcome']);

function isClosedContent({ kind, sealed, secret }: TraceRow): boolean {
  return CONTENTS.has(kind) && sealed !== 'none' && secret === null;
}

type Sought = { readonly index: number; readonly value: string | number };

class Walk {
  isCut = false;
  #steps = 0;
  readonly #pact: CompiledPact;
  readonly #read: readonly ReadRow[];

  constructor(pact: CompiledPact, read: readonly ReadRow[]) {
    this.#pact = pact;
    this.#read = read;
  }

  placesOf(
    sought: Sought,
    { depth, most }: { readonly depth: number; readonly most: number },
  ): readonly TrailPlace[] {
    const found = findPlaces(this.#pact, this.#read, sought);
    if (found.length > most) this.isCut = true;
    return found.slice(0, most).map((place) => {
      this.#steps += 1;
      return { ...place, call: this.#callOf(place.index, depth) };
    });
  }

  /** The call that a result answers, with where its arguments come from. */
  #callOf(index: number, depth: number): TrailCall | null {
    const outcome = this.#read.find(({ row }) => row.index === index)?.events[0];
    if (outcome?.kind !== 'outcome') return null;
    const asking = this.#read.find(
      ({ row }) => row.kind === 'decided' && row.open['decision'] === outcome.decision,
    );
    if (asking === undefined) return null;
    const leaves = argumentLeaves(outcome.args);
    if (leaves.length > MOST_ARGS) this.isCut = true;
    const args = leaves.slice(0, MOST_ARGS).map(({ path, value }): TrailArg => {
      const sought = typeof value === 'number' ? value : String(value);
      return {
        path,
        value: String(value),
        places: this.#behind({ index: asking.row.index, value: sought }, depth + 1),
      };
    });
    return { index: asking.row.index, tool: outcome.tool, args };
  }

  #behind(sought: Sought, depth: number): readonly TrailPlace[] {
    if (depth > DEEPEST || this.#steps >= MOST_STEPS) {
      this.isCut = true;
      return [];
    }
    return this.placesOf(sought, { depth, most: MOST_BEHIND_AN_ARG });
  }
}
