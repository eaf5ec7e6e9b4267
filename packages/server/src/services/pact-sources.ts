import { hash } from 'node:crypto';
import { canonical, type CompiledPact, loadPact } from '@plumbline/core';

import { refused, served } from './served.ts';
import type { Served } from './services.ts';

/** The source files of a pact by path, and which one it starts from. */
export type PactSources = {
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
};

/** Sources as they are kept: the canonical bytes and their digest. */
export type SourceBlob = { readonly bytes: Uint8Array; readonly digest: string };

const MOST_FILES = 256;

/**
 * Returns the pact of sources.
 *
 * Errors: `bad-pact` with every diagnostic, `bad-request` for sources that are none.
 */
export function compileSources({ entry, files }: PactSources): Served<CompiledPact> {
  if (Object.keys(files).length > MOST_FILES) {
    return refused('too-large', `a pact has at most ${MOST_FILES} files; join some`);
  }
  const texts = new Map(Object.entries(files));
  if (!texts.has(entry)) {
    return refused('bad-request', `\`${entry}\` is not among the files`, { at: 'entry' });
  }
  const loaded = loadPact(entry, (path) => texts.get(path));
  if (loaded.ok) return served(loaded.value.pact);
  return refused('bad-pact', 'the pact has errors, mend them and publish again', {
    diagnostics: loaded.error,
  });
}

/** Returns sources as they are kept. Source: spec/entries.md, "a source blob". */
export function blobOf({ entry, files }: PactSources): SourceBlob {
  const bytes = Buffer.from(canonical({ entry, files: { ...files } }), 'utf8');
  return { bytes, digest: `sha256:${hash('sha256', bytes, 'hex')}` };
}

/** Returns the sources a blob holds. The digest of the blob was checked when it was read. */
export function sourcesIn(blob: Uint8Array): PactSources {
  // Only `blobOf` writes what a pact entry names, so this is its value.
  return JSON.parse(Buffer.from(blob).toString('utf8')) as PactSources;
}
