import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** One claim of an agent, before it has a number. */
export type Claim = { readonly kind: 'statement' | 'action'; readonly text: string };

const OUTPUT = 'output.';
const MOST_SHOWN = 2_000;
// The rules of one language are as good as another's where only ends of sentences are looked for.
const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Returns what an action that was let through claims: that it is what was asked for, and every
 * sentence of the texts it lets out. An output claims its sentences alone.
 */
export function claimsIn(tool: string, args: JsonObject): readonly Claim[] {
  const texts = textsIn(args).map(sentencesOf);
  const isOutput = tool.startsWith(OUTPUT);
  // A name or an address is part of the action; a text of several sentences says something.
  const said = texts.filter((sentences) => isOutput || sentences.length > 1).flat();
  const statements = said.map((text) => ({ kind: 'statement' as const, text }));
  if (isOutput) return statements;
  return [{ kind: 'action', text: `${tool} ${shortened(JSON.stringify(args))}` }, ...statements];
}

function sentencesOf(text: string): readonly string[] {
  const sentences = [...SENTENCES.segment(text)].map(({ segment }) => segment.trim());
  return sentences.filter((sentence) => /[\p{L}\p{N}]/u.test(sentence)).map(shortened);
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

function shortened(text: string): string {
  // A cut may halve a character, and half of one is no text that can be sealed and read again.
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN).toWellFormed()}…`;
}
