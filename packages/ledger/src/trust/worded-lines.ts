import { decodeUtf8 } from '../bytes.ts';
import { type Result, fault, ok } from '../result.ts';

/** A line that says something: its number in the file, from one, and its words. */
export type WordedLine = { readonly number: number; readonly words: readonly string[] };

const MAX_FILE_BYTES = 1_000_000;

/**
 * Returns the lines of a policy or known-logs file, split at spaces and tabs, without empty lines
 * and comments. Source: c2sp.org/tlog-policy, syntax and character set.
 */
export function parseWordedLines(bytes: Uint8Array): Result<readonly WordedLine[]> {
  if (bytes.length > MAX_FILE_BYTES) return fault('malformed', 'file is longer than a megabyte');
  const text = decodeUtf8(bytes);
  if (text === undefined) return fault('malformed', 'file is not UTF-8');
  const lines = text.split('\n');
  const control = lines.findIndex((line) => /[\0-\x08\x0b-\x1f\x7f]/.test(line));
  if (control >= 0) return fault('malformed', `line ${control + 1}: control character`);
  if (lines.pop() !== '') return fault('malformed', 'last line must end in a line feed');
  const split = lines.map((line, index) => ({
    number: index + 1,
    words: line.split(/[ \t]+/).filter((word) => word !== ''),
  }));
  return ok(split.filter(({ words: [first] }) => first !== undefined && !first.startsWith('#')));
}
