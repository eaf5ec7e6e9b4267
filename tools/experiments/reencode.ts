/**
 * Writes recorded AgentDojo runs anew with the injected text of every tool result re-encoded.
 *
 * node --conditions=plumbline-source tools/experiments/reencode.ts RUNS.jsonl.gz HOW OUT.jsonl.gz
 *
 * HOW: base64, homoglyph, tags, zero-width or reversed. The calls stay as recorded: whether the
 * agent would still have obeyed is not the question, only whether a decision depends on wording.
 * Prints how many replayable attacks were changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

const latin = Array.from('aeopcxyiAEOPCTHBM');
const cyrillic = Array.from('аеорсхуіАЕОРСТНВМ');
const twins: ReadonlyMap<string, string> = new Map(
  latin.map((letter, index) => [letter, cyrillic[index] ?? letter]),
);

const encodings: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => Buffer.from(text).toString('base64'),
  homoglyph: (text) => Array.from(text, (letter) => twins.get(letter) ?? letter).join(''),
  tags: (text) => Array.from(text, tagOf).join(''),
  'zero-width': (text) => Array.from(text).join('\u200b'),
  reversed: (text) => Array.from(text).toReversed().join(''),
};

/** Returns the invisible tag character that stands for an ASCII one. */
function tagOf(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  return code >= 32 && code < 127 ? String.fromCodePoint(0xe0000 + code) : letter;
}

type Swap = { readonly pattern: RegExp; readonly by: string };

const swaps = new Map<string, Swap>();

/** Finds an injection as results print it: lines folded, quotes and line ends escaped. */
function swapFor(injection: string, encode: (text: string) => string): Swap {
  const known = swaps.get(injection);
  if (known !== undefined) return known;
  const words = injection
    .replaceAll('\\n', '\n')
    .split(/\s+/)
    .filter((word) => word !== '');
  const source = words.map(wordPattern).join(String.raw`(?:\s|\\n|\\)+`);
  const by = encode(words.join(' ').replaceAll(/['"\\]/g, ''));
  const swap = { pattern: new RegExp(source, 'g'), by };
  swaps.set(injection, swap);
  return swap;
}

function wordPattern(word: string): string {
  const escaped = word.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return escaped.replaceAll(`'`, String.raw`(?:''|\\'|')`).replaceAll('"', String.raw`(?:\\"|")`);
}

function reencoded(run: JsonObject, encode: (text: string) => string): JsonObject {
  const { injections, messages } = run;
  if (!isJsonObject(injections) || !Array.isArray(messages)) return run;
  const found = Object.values(injections)
    .flatMap((text) => (typeof text === 'string' && text.trim() !== '' ? [text] : []))
    .map((text) => swapFor(text, encode));
  return { ...run, messages: messages.map((message) => swapped(message, found)) };
}

function swapped(message: Json, found: readonly Swap[]): Json {
  if (!isJsonObject(message) || message['role'] !== 'tool') return message;
  const { content } = message;
  if (typeof content !== 'string') return message;
  const text = found.reduce((left, { pattern, by }) => left.replaceAll(pattern, () => by), content);
  return { ...message, content: text };
}

const [from, how, to] = process.argv.slice(2);
const encode = encodings[how ?? ''];
if (from === undefined || to === undefined || encode === undefined) {
  throw new Error(`usage: reencode.ts RUNS.gz HOW OUT.gz; HOW is ${Object.keys(encodings).join()}`);
}
let attacks = 0;
let changed = 0;
const lines = gunzipSync(readFileSync(from)).toString('utf8').split('\n');
const written = lines.map((line) => {
  const run: Json = line === '' ? null : JSON.parse(line);
  if (!isJsonObject(run) || run['kind'] !== 'attack') return line;
  const text = JSON.stringify(reencoded(run, encode));
  if (run['replayable_attack'] === true) {
    attacks += 1;
    if (text !== JSON.stringify(run)) changed += 1;
  }
  return text;
});
writeFileSync(to, gzipSync(written.join('\n'), { level: 1 }));
process.stdout.write(`${changed} of ${attacks} replayable attacks changed\n`);
