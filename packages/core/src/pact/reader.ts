import { parseDecimal } from '../decimal.ts';
import type { Json } from '../json.ts';
import { problem, warning } from './diagnostic.ts';
import type { Diagnostic, Place, Remark } from './diagnostic.ts';
import type { Placed } from './document.ts';
import { isPath, parseDuration, parsePercentage } from './scalars.ts';
import { toJson } from './source.ts';
import type { Entry, MapNode, SourceNode } from './source.ts';
import { suggest } from './suggest.ts';

/** Errors, and warnings, that are told of one file; those beyond are counted. */
const MAX_TOLD = 100;

type Tally = { readonly severity: Diagnostic['severity']; count: number; beyond: Place | null };

/** Collects diagnostics while a document is read; reading goes on after each. */
export class Findings {
  readonly #told: Diagnostic[] = [];
  readonly #tallies: Map<string, Tally> = new Map();

  /** Adds an error. Returns undefined, so that a reader can end with it. */
  error(remark: Remark): undefined {
    this.add(problem(remark));
    return undefined;
  }

  /** Adds a warning. */
  warn(remark: Remark): undefined {
    this.add(warning(remark));
    return undefined;
  }

  /** Adds what was found elsewhere. */
  add(diagnostic: Diagnostic): void {
    const { severity, file, line, column } = diagnostic;
    const key = `${severity} ${file}`;
    const tally: Tally = this.#tallies.get(key) ?? { severity, count: 0, beyond: null };
    this.#tallies.set(key, tally);
    tally.count += 1;
    if (tally.count <= MAX_TOLD) this.#told.push(diagnostic);
    else tally.beyond ??= { file, line, column };
  }

  /** Whether errors of a file are only counted from here on, so that their words do not matter. */
  isFull(file: string): boolean {
    return (this.#tallies.get(`error ${file}`)?.count ?? 0) >= MAX_TOLD;
  }

  /** What was found, of each file at most a hundred errors and warnings and how many more. */
  get all(): readonly Diagnostic[] {
    return [...this.#told, ...[...this.#tallies.values()].flatMap(more)];
  }

  /** Whether anything stops the pact from loading. */
  get hasErrors(): boolean {
    return [...this.#tallies.values()].some(({ severity }) => severity === 'error');
  }
}

function more({ severity, count, beyond }: Tally): readonly Diagnostic[] {
  if (beyond === null) return [];
  const message = `… and ${count - MAX_TOLD} more ${severity}s: correct those above first`;
  return [{ severity, code: 'too-many', ...beyond, message }];
}

/** Reads one value; undefined after reporting why it is none. */
export type Reader<T> = (findings: Findings, node: SourceNode) => T | undefined;

/** An opened mapping: its members by key, and where it stands; none when it was no mapping. */
export type Fields = {
  readonly isMapping: boolean;
  readonly findings: Findings;
  readonly place: Place;
  readonly what: string;
  readonly members: ReadonlyMap<string, Entry>;
};

/**
 * Returns the members of a mapping; reports any other kind of value, and keys that are not listed.
 *
 * what: names the mapping in messages (`the pact`, `tool \`a.b\``).
 */
export function open(
  findings: Findings,
  node: SourceNode,
  { what, keys }: { readonly what: string; readonly keys: readonly string[] },
): Fields {
  const entries = node.kind === 'map' ? node.entries : [];
  if (node.kind !== 'map') mismatch(findings, node, `a mapping of ${what}`);
  const known = new Set(keys);
  for (const { key, place } of entries) {
    if (known.has(key)) continue;
    const message = findings.isFull(place.file) ? '' : sayUnknown(key, what, keys);
    findings.error({ code: 'unknown-field-name', place, message });
  }
  const members = new Map(entries.map((entry) => [entry.key, entry]));
  return { isMapping: node.kind === 'map', findings, place: node.place, what, members };
}

function sayUnknown(key: string, what: string, keys: readonly string[]): string {
  const hint = suggest(key, keys, `: it has ${keys.map((k) => `\`${k}\``).join(', ')}`);
  return `unknown field \`${key}\` of ${what}${hint}`;
}

/** Returns the entries of a mapping with free keys; reports any other kind of value. */
export function openEntries(findings: Findings, node: SourceNode, what: string): readonly Entry[] {
  if (node.kind === 'map') return node.entries;
  mismatch(findings, node, what);
  return [];
}

/** Returns a member read, or the fallback when it is absent or faulty. */
export function optional<T, F>(
  fields: Fields,
  key: string,
  { read, or }: { readonly read: Reader<T>; readonly or: F },
): T | F {
  const entry = fields.members.get(key);
  if (entry === undefined) return or;
  return read(fields.findings, entry.value) ?? or;
}

/**
 * Returns a member read, or the fallback after reporting that it is missing or faulty. What is no
 * mapping was reported as that, and lacks nothing besides.
 */
export function required<T, F>(
  fields: Fields,
  key: string,
  { read, or }: { readonly read: Reader<T>; readonly or: F },
): T | F {
  if (fields.isMapping && !fields.members.has(key)) {
    const message = `${fields.what} lacks \`${key}\``;
    fields.findings.error({ code: 'missing-field', place: fields.place, message });
  }
  return optional(fields, key, { read, or });
}

/** Reports that a value is not of the kind wanted. */
export function mismatch(findings: Findings, node: SourceNode, wanted: string): undefined {
  const message = `expected ${wanted}, found ${describe(node)}`;
  return findings.error({ code: 'wrong-type', place: node.place, message });
}

function describe(node: SourceNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.value === null) return 'nothing';
  const shown = String(node.value);
  return `\`${shown.length > 40 ? `${shown.slice(0, 40)}…` : shown}\``;
}

/** Reads text that is not empty. */
export const text: Reader<string> = (findings, node) =>
  node.kind === 'scalar' && typeof node.value === 'string' && node.value.trim() !== ''
    ? node.value
    : mismatch(findings, node, 'text');

/** Reads `true` or `false`. */
export const flag: Reader<boolean> = (findings, node) =>
  node.kind === 'scalar' && typeof node.value === 'boolean'
    ? node.value
    : mismatch(findings, node, '`true` or `false`');

/** Reads any number. */
export const decimalNumber: Reader<number> = (findings, node) =>
  node.kind === 'scalar' && typeof node.value === 'number'
    ? node.value
    : mismatch(findings, node, 'a number');

/** Reads a whole number in a range. */
export function integer(min: number, max: number): Reader<number> {
  return (findings, node) => {
    const value = node.kind === 'scalar' ? node.value : null;
    const isFine =
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
    return isFine ? value : mismatch(findings, node, `a whole number from ${min} to ${max}`);
  };
}

/** Reads an exact decimal: a quoted one, or a whole number. Returns its text. */
export const decimal: Reader<string> = (findings, node) => {
  const value = node.kind === 'scalar' ? node.value : null;
  const isExact = typeof value === 'string' || Number.isInteger(value);
  const exact = isExact ? parseDecimal(value) : null;
  if (exact !== null && exact >= 0n) return String(value);
  const message =
    typeof value === 'number'
      ? `\`${value}\` is written as a quoted decimal: \`"${value.toFixed(2)}"\``
      : `expected a decimal such as \`"50.00"\`, found ${describe(node)}`;
  return findings.error({ code: 'bad-decimal', place: node.place, message });
};

/** Reads a duration. Returns milliseconds. */
export const duration: Reader<number> = (findings, node) => {
  const value = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const message = `expected a duration such as \`15m\` or \`30d\`, found ${describe(node)}`;
  return (
    parseDuration(value) ?? findings.error({ code: 'bad-duration', place: node.place, message })
  );
};

/** Reads a percentage. Returns a fraction. */
export const percentage: Reader<number> = (findings, node) => {
  const value = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
  const message = `expected a percentage such as \`2%\`, found ${describe(node)}`;
  return (
    parsePercentage(value) ?? findings.error({ code: 'bad-percentage', place: node.place, message })
  );
};

/** Reads one of a few words. */
export function choice<const T extends string>(words: readonly T[]): Reader<T> {
  return (findings, node) => {
    const value = node.kind === 'scalar' ? String(node.value) : '';
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const hint = suggest(value, words);
    const listed = words.map((word) => `\`${word}\``).join(', ');
    const message = `expected one of ${listed}, found ${describe(node)}${hint}`;
    return findings.error({ code: 'bad-value', place: node.place, message });
  };
}

/** Reads text that passes a test; reports it otherwise. */
export function matching(
  isFine: (value: string) => boolean,
  { code, wanted }: { readonly code: Remark['code']; readonly wanted: string },
): Reader<string> {
  return (findings, node) => {
    const value = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
    if (value !== null && isFine(value)) return value;
    const message = `expected ${wanted}, found ${describe(node)}`;
    return findings.error({ code, place: node.place, message });
  };
}

/** Reads a dotted path of member names. */
export const path: Reader<string> = matching(isPath, {
  code: 'bad-path',
  wanted: 'a path of an argument such as `customer.id`',
});

/** Reads a list with at least one item. */
export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (findings, node) => {
    if (node.kind !== 'list') return mismatch(findings, node, 'a list');
    if (node.items.length === 0) return mismatch(findings, node, 'a list with an item');
    return node.items.flatMap((item) => {
      const value = read(findings, item);
      return value === undefined ? [] : [value];
    });
  };
}

/** Reads a list, or one item in place of a list of one. */
export function oneOrMany<T>(read: Reader<T>): Reader<readonly T[]> {
  return (findings, node) => {
    if (node.kind === 'list') return list(read)(findings, node);
    const value = read(findings, node);
    return value === undefined ? undefined : [value];
  };
}

/** Reads a value together with its place. */
export function placed<T>(read: Reader<T>): Reader<Placed<T>> {
  return (findings, node) => {
    const value = read(findings, node);
    return value === undefined ? undefined : { value, place: node.place };
  };
}

/** Reads anything as JSON. */
export const json: Reader<Json> = (_findings, node) => toJson(node);

/** Returns whether a node is a mapping that has a key. */
export function hasKey(node: SourceNode, key: string): node is MapNode {
  return node.kind === 'map' && node.entries.some((entry) => entry.key === key);
}
