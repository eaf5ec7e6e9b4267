import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

import { lineAt, type Located } from './located.ts';
import { readJsonc } from './read-jsonc.ts';
import { readToml } from './read-toml.ts';
import { readYaml } from './read-yaml.ts';

/** How a configuration file is written; JSON may have comments and trailing commas. */
export type FileFormat = 'json' | 'toml' | 'yaml';

/** A configuration file as it was read. */
export type ReadFile = {
  readonly path: string;
  readonly format: FileFormat;
  readonly text: string;
  readonly root: Located;
};

/** Why something could not be read: `place` is a file, or a file and line. */
export type Trouble = { readonly place: string; readonly why: string };

const MOST_BYTES = 32 * 1024 * 1024;
const READERS = { json: readJsonc, toml: readToml, yaml: readYaml } as const;

/** Returns a configuration file, null where there is none, or why it cannot be read. */
export function readConfigFile(path: string, format: FileFormat): ReadFile | Trouble | null {
  const text = readWhole(path);
  if (text === null || typeof text !== 'string') return text;
  if (text.trim() === '') return { path, format, text, root: EMPTY };
  // A mark of the byte order is no part of JSON; a blank keeps every place where it was.
  const read = READERS[format](format === 'json' ? text.replace(/^\uFEFF/, ' ') : text);
  if (read.ok) return { path, format, text, root: read.root };
  const { offset, message } = read.fault;
  const place = `${path}:${lineAt(text, offset)}`;
  return { place, why: `is no ${NAMES[format]} (${message}); mend it, then look again` };
}

const NAMES = { json: 'JSON', toml: 'TOML', yaml: 'YAML' } as const;
const EMPTY: Located = { start: 0, end: 0, kind: 'map', members: [], hasBraces: false };

/** Returns the text of a file, null where there is none, or why it cannot be read. */
export function readWhole(path: string): string | Trouble | null {
  let bytes: Buffer;
  try {
    // A project's link may lead to a pipe or a device, which would never be read to its end.
    const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(handle);
      if (!found.isFile() && !found.isDirectory()) {
        return { place: path, why: 'is a pipe or a device and was not read' };
      }
      if (found.size > MOST_BYTES) {
        return { place: path, why: 'is larger than 32 MiB and was not read' };
      }
      bytes = readFileSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { place: path, why: WHY.get(code) ?? `cannot be read (${code})` };
  }
  if (!isUtf8(bytes)) return { place: path, why: 'is no UTF-8 text' };
  return bytes.toString('utf8');
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'may not be read by this user'],
  ['EISDIR', 'is a folder where a file was expected'],
  ['ELOOP', 'is a link to itself'],
]);

/** Returns the code of an error of the operating system, or its words. */
export function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause ? String(cause.code) : cause.message;
}
