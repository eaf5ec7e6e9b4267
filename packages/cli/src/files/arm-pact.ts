import { readFileSync } from 'node:fs';
import {
  formatDiagnostic,
  loadPact,
  type CompiledPact,
  type Diagnostic,
  type LoadedPact,
} from '@plumbline/core';

import { Stop } from '../stop.ts';
import { errorCode, whyNotRead } from './read-text.ts';

// The loader refuses anything longer than a mebibyte of text; nothing beyond this is worth reading.
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Returns the text of a file a pact is made of, or undefined when there is none.
 *
 * Bytes that are not UTF-8 arrive as U+FFFD, of which the loader says where they stand.
 * Errors: `Stop` when the path is a folder, may not be read, or is far too large for a pact.
 */
export function pactSource(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw new Stop(whyNotRead(cause), path);
  }
  if (bytes.length > MAX_BYTES) throw new Stop('larger than 8 MiB, that is no pact', path);
  return bytes.toString('utf8');
}

/**
 * Returns a pact ready to decide.
 *
 * Errors: `Stop` with every diagnostic, one per line, when it does not load.
 */
export function armPact(path: string): CompiledPact {
  return loadOrStop(path).pact;
}

/** Returns a pact with the documents it is made of. Errors: as `armPact`. */
export function loadOrStop(path: string): LoadedPact {
  const loaded = loadPact(path, pactSource);
  if (loaded.ok) return loaded.value;
  throw new Stop(diagnosticLines(loaded.error));
}

/** Returns diagnostics for a person, one per line. */
export function diagnosticLines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(formatDiagnostic).join('\n');
}
