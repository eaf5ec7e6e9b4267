import { isJsonObject, type Json, type JsonObject, parsedJson } from '../json.ts';
import { err, ok, type Result } from '../result.ts';
import { CHAIN_OF, type Entry, ENTRY_KINDS } from './entry.ts';
import { formatEntry } from './format.ts';
import { OPEN_SHAPES } from './open-shapes.ts';
import {
  isCount,
  isDigest,
  isName,
  isObject,
  isOneOf,
  membersOf,
  optional,
  orNull,
  type Shape,
} from './shape.ts';

// Node and browsers both have it; no typed library that has it is free of the rest.
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const MOST_BYTES = 65_535;
const MOST_DEPTH = 64;

const kinds: ReadonlySet<string> = new Set(ENTRY_KINDS);

/** Returns the shape of the padded base64 of some bytes. */
function base64Of(byteCount: number): Shape {
  return (value) => {
    const digits = Math.ceil(byteCount / 3) * 4;
    if (typeof value !== 'string' || value.length !== digits) return false;
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || hasStrayBits(value)) return false;
    const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
    return (value.length / 4) * 3 - padding === byteCount;
  };
}

/** The last digit before the padding has bits that no byte takes; they must be zero. */
function hasStrayBits(value: string): boolean {
  if (value.endsWith('==')) return !'AQgw'.includes(value.charAt(value.length - 3));
  if (value.endsWith('=')) return !'AEIMQUYcgkosw048'.includes(value.charAt(value.length - 2));
  return false;
}

const isHex =
  (digits: number): Shape =>
  (value) =>
    typeof value === 'string' && value.length === digits && /^[0-9a-f]*$/.test(value);

const sealing = {
  subject: (value: Json | undefined) =>
    typeof value === 'string' && /^sub_[0-9a-f]{32}$/.test(value),
  nonce: base64Of(16),
  mac: base64Of(32),
};
// The text is most of an entry. Its alphabet is checked by whoever opens it.
const isSealedText = membersOf({
  ...sealing,
  text: (value) => typeof value === 'string' && value.length % 4 === 0,
});
const isSealedBlob = membersOf({
  ...sealing,
  blob: membersOf({ digest: isDigest, size: isCount }),
});

const isEnvelope = membersOf({
  v: isOneOf([1]),
  at: isCount,
  kind: (value) => typeof value === 'string' && kinds.has(value),
  agent: orNull(isName),
  session: orNull(isName),
  n: isCount,
  prev: orNull(base64Of(32)),
  trace: optional(membersOf({ traceId: isHex(32), spanId: isHex(16) })),
  open: isObject,
  sealed: (value) => value === null || isSealedText(value) || isSealedBlob(value),
});

/**
 * Returns the entry that bytes are, read strictly: exactly one spelling is accepted, the canonical
 * one. Refused are duplicate members, lone surrogates, whole numbers past 2^53 - 1, nesting beyond
 * 64 levels, unknown members and kinds, and open parts of another shape than their kind's.
 *
 * Errors: what is wrong, in words that name no content.
 * Source: spec/entries.md, sections "The envelope" and "Kinds".
 */
export function parseEntry(bytes: Uint8Array): Result<Entry, string> {
  const read = parseSpelling(bytes);
  if (!read.ok) return read;
  const { entry, text } = read.value;
  if (formatEntry(entry) !== text) return err('is not canonical JSON');
  if (text.includes('\\ud') && !isWellFormed(entry)) return err('holds half a surrogate pair');
  return placed(entry);
}

/**
 * Returns the entry that bytes are in whatever spelling, its members and their shapes checked: for
 * whoever lists what a log holds and leaves it to `parseEntry` whether the log is sound.
 *
 * Errors: as `parseEntry`, less those of the spelling.
 */
export function parseAnySpelling(bytes: Uint8Array): Result<Entry, string> {
  const read = parseSpelling(bytes);
  return read.ok ? placed(read.value.entry) : read;
}

function parseSpelling(bytes: Uint8Array): Result<{ entry: Entry; text: string }, string> {
  if (bytes.length > MOST_BYTES) return err(`longer than ${MOST_BYTES} bytes`);
  const text = decode(bytes);
  if (text === undefined) return err('is not UTF-8');
  if (isDeep(text)) return err(`nests deeper than ${MOST_DEPTH} levels`);
  const value = parsedJson(text);
  if (!isJsonObject(value)) return err('is not a JSON object');
  if (!isEnvelope(value)) return err(`has a wrong envelope: ${wrongMember(value)}`);
  // The check above is the type, member for member.
  return ok({ entry: value as unknown as Entry, text });
}

function placed(entry: Entry): Result<Entry, string> {
  const { kind, agent, session, n, prev, open } = entry;
  if (session !== null && agent === null) return err('has a session without an agent');
  if ((n === 0) !== (prev === null)) return err('has `prev` at place 0, or none after it');
  if (!standsRight(entry)) return err(`is \`${kind}\` in a chain that holds none`);
  if (OPEN_SHAPES.get(kind)?.(open) === false) return err(`has a wrong open part of \`${kind}\``);
  return hasBadNumber(open) ? err('holds a whole number past 2^53 - 1') : ok(entry);
}

function standsRight({ kind, agent, session }: Entry): boolean {
  switch (CHAIN_OF[kind]) {
    case 'node':
      return agent === null;
    case 'agent':
      return agent !== null && session === null;
    case 'agent or session':
      return agent !== null;
    case 'agent or node':
      return session === null;
    case 'session':
      return session !== null;
  }
}

function wrongMember(value: JsonObject): string {
  if (value['v'] !== 1) return '`v` is not 1; a newer plumb may read it';
  if (typeof value['kind'] === 'string' && !kinds.has(value['kind'])) return 'unknown `kind`';
  return 'a member is missing, unknown or malformed';
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Few entries have as many brackets as levels are allowed; only those are looked at closely. */
function isDeep(text: string): boolean {
  return (
    bracketCount(text, '{') + bracketCount(text, '[') > MOST_DEPTH && depthOf(text) > MOST_DEPTH
  );
}

function bracketCount(text: string, bracket: string): number {
  let count = 0;
  for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) count += 1;
  return count;
}

function depthOf(text: string): number {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  let [depth, most] = [0, 0];
  for (const char of bare) {
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]: [string, unknown]) => {
    return key.isWellFormed() && isWellFormed(member);
  });
}

function hasBadNumber(value: Json | undefined): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  for (const member of Object.values(value)) if (hasBadNumber(member)) return true;
  return false;
}
