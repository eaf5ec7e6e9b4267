import type { Content } from './content.ts';
import { emptyMemory, remember, trace } from './memory.ts';

/** One piece of content that a value stands in, and the names of its sources there. */
export type Place = { readonly place: number; readonly sources: readonly string[] };

/**
 * Returns in which of some pieces of content a value stands, each looked at by itself, in order.
 *
 * A result in whose own call the value already stood is none of them, as for `trace`. None at all:
 * the value is the agent's own.
 * Source: spec/decide.md, section "Sources of a value".
 */
export function placesOf(contents: readonly Content[], value: string | number): readonly Place[] {
  return contents.flatMap((content, place) => {
    const memory = emptyMemory();
    remember(memory, content);
    const sources = trace(memory, value);
    return sources.includes('agent') ? [] : [{ place, sources }];
  });
}
