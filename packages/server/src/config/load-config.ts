import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isJsonObject, type Json } from '@plumbline/core';

import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { plainWords } from './plain-words.ts';
import { readOptional } from './read-optional.ts';
import { parseSettings, type Settled } from './schema.ts';
import { type Home, settle } from './settle.ts';
import { environmentName, type Setting, SETTINGS } from './settings.ts';

/** The environment of a program: names to values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a start was told besides its environment: a configuration file, and settings by path. */
export type Told = {
  readonly configFile?: string | undefined;
  readonly settings?: ReadonlyMap<string, string>;
};

type Raw = { [key: string]: Json };
type Draft = { readonly raw: Raw; readonly origins: Map<string, string> };

/**
 * Returns everything that can be configured: defaults, then the file, then the environment, then
 * what the start was told, each over the one before.
 *
 * Errors: `ConfigError`.
 */
export function loadConfig(environment: Environment, told: Told = {}): Config {
  const home = homeOf(environment);
  const draft: Draft = { raw: {}, origins: new Map() };
  readConfigFile(draft, told.configFile ?? environment['PLUMBLINE_CONFIG'], home.config);
  for (const setting of SETTINGS) {
    const name = environmentName(setting.path);
    const value = environment[name];
    if (value !== undefined) assign(draft, setting, { value, place: name });
  }
  refuseUnknownNames(environment);
  for (const [path, value] of told.settings ?? []) {
    assign(draft, settingOf(path), { value, place: `--set ${path}` });
  }
  const { settled, placeOf } = parseDraft(draft);
  return settle(settled, home, (path, message) => {
    throw new ConfigError(`${placeOf(path)}: ${message}`);
  });
}

/** Source: the XDG base directory specification. */
function homeOf(environment: Environment): Home {
  const at = (name: string, fallback: readonly string[]): string => {
    const said = environment[name];
    const base = said !== undefined && isAbsolute(said) ? said : undefined;
    return join(base ?? join(environment['HOME'] ?? homedir(), ...fallback), 'plumbline');
  };
  return {
    config: at('XDG_CONFIG_HOME', ['.config']),
    data: at('XDG_DATA_HOME', ['.local', 'share']),
  };
}

function readConfigFile(draft: Draft, named: string | undefined, configHome: string): void {
  const file = named ?? join(configHome, 'config.json');
  const text = readOptional(file);
  if (text === undefined && named !== undefined) {
    throw new ConfigError(`${file}: no such file; name another one or leave \`--config\` out`);
  }
  if (text === undefined) return;
  const raw = parseJson(text, file);
  if (!isJsonObject(raw)) throw new ConfigError(`${file}: must hold one JSON object`);
  Object.assign(draft.raw, raw);
  draft.origins.set('', file);
}

function parseJson(text: string, place: string): Json {
  try {
    // JSON.parse answers nothing but JSON, which its declared type does not say.
    return JSON.parse(text) as Json;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${place}: not JSON (${why})`, { cause });
  }
}

function settingOf(path: string): Setting {
  const found = SETTINGS.find((each) => each.path === path);
  if (found !== undefined) return found;
  throw new ConfigError(
    `--set ${path}: no such setting; \`plumb up --print-config\` shows every one`,
  );
}

/** A name that is misspelt would otherwise be ignored in silence. */
function refuseUnknownNames(environment: Environment): void {
  const known = new Set([
    'PLUMBLINE_CONFIG',
    'PLUMBLINE_URL',
    'PLUMBLINE_KEY',
    'PLUMBLINE_AGENT',
    'PLUMBLINE_HOOK_KEY',
    ...SETTINGS.map(({ path }) => environmentName(path)),
  ]);
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('PLUMBLINE_') && !known.has(name),
  );
  if (unknown === undefined) return;
  throw new ConfigError(`${unknown}: no such setting; docs/daemon.md lists every one`);
}

function assign(
  draft: Draft,
  { path, form }: Setting,
  { value, place }: { readonly value: string; readonly place: string },
): void {
  const steps = path.split('.');
  const last = steps.pop() ?? path;
  let level = draft.raw;
  for (const step of steps) {
    const below = level[step];
    const copy: Raw = isJsonObject(below ?? null) ? { ...Object(below) } : {};
    level[step] = copy;
    level = copy;
  }
  level[last] = fromText(value, form, place);
  draft.origins.set(path, place);
}

function fromText(value: string, form: Setting['form'], place: string): Json {
  switch (form) {
    case 'text':
      return value;
    case 'number':
      if (value === 'null') return null;
      return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'list':
      return value === '' ? [] : value.split(',').map((each) => each.trim());
    case 'json':
      return parseJson(value, place);
  }
}

type PlaceOf = (path: string) => string;

function parseDraft({ raw, origins }: Draft): { settled: Settled; placeOf: PlaceOf } {
  const placeOf: PlaceOf = (path) => {
    const own = origins.get(path);
    if (own !== undefined) return own;
    const above = [...origins].find(([told]) => told !== '' && path.startsWith(`${told}.`))?.[1];
    return `${above ?? origins.get('') ?? 'configuration'}: \`${path}\``;
  };
  const parsed = parseSettings(raw);
  if (parsed.success) return { settled: parsed.data, placeOf };
  const lines = parsed.error.issues.map((issue) => {
    const where = issue.path.map(String).join('.');
    if (issue.code !== 'unrecognized_keys') {
      return `${placeOf(where)}: ${plainWords(issue, valueAt(raw, issue.path))}`;
    }
    const named = issue.keys.map((key) => [where, key].filter((part) => part !== '').join('.'));
    const which = `no such setting \`${named.join('`, `')}\``;
    return `${origins.get('') ?? 'configuration'}: ${which}; docs/daemon.md lists every one`;
  });
  throw new ConfigError(lines.join('\n'));
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }, raw);
}
