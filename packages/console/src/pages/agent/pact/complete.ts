import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';

import { pactSchema } from '../../../../generated/pact-schema.ts';
import type { FileKind } from './file-set.ts';
import { placeIn } from './place-in.ts';
import { type Word, wordsAt } from './words-at.ts';

/** What is known of the file somebody types in. */
export type Known = { readonly kind: FileKind; readonly tools: readonly string[] };

const CASE_LIST = {
  ...Object(pactSchema),
  type: 'array',
  items: { $ref: '#/$defs/case' },
};

/** Offers the words of the pact language where they may stand, with what each means. */
export function completion(known: () => Known): Extension {
  const source = (context: CompletionContext): CompletionResult | null => offer(context, known());
  return autocompletion({
    override: [source],
    icons: false,
    // A member is followed by its value: the words of a choice come at once.
    activateOnCompletion: ({ type }) => type === 'member',
  });
}

function offer(context: CompletionContext, { kind, tools }: Known): CompletionResult | null {
  if (kind === 'schemas') return null;
  const typed = context.matchBefore(/[\w.*:/<>-]+/);
  const from = typed?.from ?? context.pos;
  const before = context.state.sliceDoc(0, from);
  if (!context.explicit && typed === null && !/[:,[{-] $/.test(before)) return null;
  const place = placeIn(before);
  // In a case file nothing is beside the list, so an empty path means a case is begun.
  const words = wordsAt(kind === 'cases' ? CASE_LIST : pactSchema, place, { tools });
  if (words.length === 0) return null;
  const rest = context.state.sliceDoc(context.pos, context.pos + 1);
  return { from, options: words.map((word) => optionOf(word, rest)), validFor: /^[\w.*:/<>-]*$/ };
}

function optionOf({ word, says, kind }: Word, rest: string): Completion {
  const apply = kind === 'member' && rest !== ':' ? `${word}: ` : word;
  return { label: word, detail: says, type: kind, apply };
}
