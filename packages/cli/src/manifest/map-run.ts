import { basename } from 'node:path';
import { matchesText } from '@plumbline/core';
import type { Json, JsonObject } from '@plumbline/core';

import { fieldOf, jsonText } from '../readers/fields.ts';
import type { Run } from '../readers/run.ts';
import type { Manifest, ManifestRule, Mapping, MatchValue } from './manifest.ts';

/** Either what the manifest says of a record, or why the record cannot be mapped. */
export type Mapped =
  { readonly ok: true; readonly mapping: Mapping } | { readonly ok: false; readonly why: string };

// Logs repeat the same few answers; a log in which they never repeat must not grow the table.
const MAX_REMEMBERED = 10_000;

/** Maps the runs of a log, and remembers the answer for runs whose fields are the same. */
export class RunMapper {
  readonly #manifest: Manifest;
  readonly #fields: readonly string[];
  readonly #remembered: Map<string, Mapped> = new Map();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#fields = fieldsNamed(manifest);
  }

  /** Returns what `mapRun` returns. */
  map(run: Run): Mapped {
    const key = JSON.stringify(this.#fields.map((field) => runField(run, field) ?? null));
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const mapped = mapRun(this.#manifest, run);
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(key, mapped);
    return mapped;
  }
}

/** Every field a manifest looks at, in matches and templates. */
function fieldsNamed({ rules }: Manifest): readonly string[] {
  const named = rules.flatMap(({ match, ...said }) => [
    ...match.map(({ field }) => field),
    ...Array.from(JSON.stringify(said).matchAll(template), (found) => found[1] ?? ''),
  ]);
  return [...new Set(named)];
}

/**
 * Returns the mapping of a run: every rule that matches applies, top to bottom, and what an
 * earlier rule has set stays.
 *
 * Errors: `ok: false` when no rule names an agent, or a template names a field the record lacks.
 */
export function mapRun(manifest: Manifest, run: Run): Mapped {
  const rules = manifest.rules.filter((rule) => matches(rule, run));
  if (rules.length === 0) return { ok: false, why: 'no rule matches' };
  const first = <K extends keyof ManifestRule>(key: K): ManifestRule[K] | undefined =>
    rules.find((rule) => rule[key] !== undefined)?.[key];
  const agent = first('agent');
  if (agent === undefined) return { ok: false, why: 'no rule that matches names an agent' };
  const missing = new Set<string>();
  const fill = (value: Json): Json => filled(value, run, missing);
  const mapping: Mapping = {
    rules: rules.map((rule) => rule.id),
    agent: jsonText(fill(agent)),
    task: textOrNull(first('task'), fill),
    principal: jsonText(fill(first('principal') ?? 'principal')),
    session: filledObject(merged(rules, 'session'), fill),
    user: first('user') ?? 'principal',
    system: first('system') ?? 'ignored',
    labels: filledObject(merged(rules, 'labels'), fill),
  };
  if (missing.size > 0) {
    return { ok: false, why: `the record has no \`${[...missing].join('`, `')}\`` };
  }
  if (isPactName(mapping.agent)) return { ok: true, mapping };
  return { ok: false, why: `\`${mapping.agent}\` is not the name of a pact in the folder` };
}

/** Returns whether a name stays inside the folder of the pacts. */
export function isPactName(agent: string): boolean {
  return /^[^/\\.][^/\\]*$/.test(agent);
}

function textOrNull(
  task: string | null | undefined,
  fill: (value: Json) => Json,
): string | null | undefined {
  if (task === undefined || task === null) return task;
  const value = fill(task);
  return value === null ? null : jsonText(value);
}

function merged(rules: readonly ManifestRule[], key: 'session' | 'labels'): JsonObject {
  return Object.assign({}, ...rules.toReversed().map((rule) => rule[key]));
}

function filledObject(values: JsonObject, fill: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fill(value)]));
}

function matches(rule: ManifestRule, run: Run): boolean {
  return rule.match.every(({ field, anyOf }) => {
    const value = runField(run, field) ?? null;
    return anyOf.some((wanted) => equals(wanted, value));
  });
}

function equals(wanted: MatchValue, value: Json): boolean {
  if (typeof wanted !== 'string' || !wanted.includes('*')) return wanted === value;
  return typeof value === 'string' && matchesText(wanted, value);
}

/** Returns a field of a run: of its record, or `file`, `line` and `format`. */
export function runField(run: Run, path: string): Json | undefined {
  const own = fieldOf(run.fields, path);
  if (own !== undefined) return own;
  switch (path) {
    case 'file':
      return basename(run.file);
    case 'line':
      return run.line;
    case 'format':
      return run.format;
    default:
      return undefined;
  }
}

const wholeTemplate = /^\$\{([^{}]+)\}$/;
const template = /\$\{([^{}]+)\}/g;

function filled(value: Json, run: Run, missing: Set<string>): Json {
  if (typeof value !== 'string' || !value.includes('${')) return value;
  const whole = wholeTemplate.exec(value)?.[1];
  const look = (path: string): Json => {
    const found = runField(run, path);
    if (found === undefined || found === null) missing.add(path);
    return found ?? null;
  };
  if (whole !== undefined) return look(whole);
  return value.replaceAll(template, (_, path: string) => jsonText(look(path)));
}
