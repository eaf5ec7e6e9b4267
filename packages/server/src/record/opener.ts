import { hash } from 'node:crypto';
import type { CompiledPact, Entry, JsonObject, Lent, Opened } from '@plumbline/core';

import { openPayload } from '../seal/seal.ts';
import { compileSources, type PactSources, sourcesIn } from '../services/pact-sources.ts';
import type { OfflineRecord } from './offline.ts';

const MOST_KEYS = 50_000;
const MOST_SOURCES = 1_000;

const CLOSED = { kind: 'closed' } as const;

/**
 * Opens entries and compiles pacts for a check that cannot wait: what the entries of a bundle need
 * is fetched before they are looked at.
 */
export class Opener implements Lent {
  readonly #record: OfflineRecord;
  readonly #keys: Map<string, Uint8Array | null> = new Map();
  readonly #pacts: Map<string, CompiledPact | undefined> = new Map();
  readonly #sources: Map<string, Uint8Array> = new Map();
  readonly #openings: Map<string, Uint8Array> = new Map();
  #blobs: Map<string, Uint8Array> = new Map();

  constructor(record: OfflineRecord) {
    this.#record = record;
  }

  /** Fetches keys, blobs and sources that these entries need; a hand-over is null. */
  async prepare(entries: readonly (Entry | null)[], from: number): Promise<void> {
    this.#blobs = new Map();
    for (const [at, entry] of entries.entries()) {
      if (entry !== null && this.#isWanting(entry, from + at)) {
        await this.prepareEntry(entry, from + at);
      }
    }
  }

  #isWanting({ sealed, open }: Entry, index: number): boolean {
    if (open['sources'] !== undefined) return true;
    if (sealed === null) return false;
    return (
      'blob' in sealed ||
      this.#record.opening(index) !== undefined ||
      (this.#record.hasVault && !this.#keys.has(sealed.subject))
    );
  }

  /** Fetches what one entry needs. */
  async prepareEntry(entry: Entry, index: number): Promise<void> {
    const { sealed, open } = entry;
    if (typeof open['sources'] === 'string') await this.prepareSources(open['sources']);
    if (sealed === null) return;
    const opening = this.#record.opening(index);
    if (opening !== undefined) this.#openings.set(sealed.mac, opening);
    if (this.#record.hasVault && !this.#keys.has(sealed.subject)) {
      if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
      this.#keys.set(sealed.subject, (await this.#record.subjectKey(sealed.subject)) ?? null);
    }
    if ('text' in sealed) return;
    const blob = await this.#record.blob(sealed.blob.digest);
    if (blob !== undefined) this.#blobs.set(sealed.blob.digest, blob);
  }

  readonly open = (entry: Entry): Opened => {
    const opened = this.openBytes(entry);
    if (!(opened instanceof Uint8Array)) return opened;
    const { buffer, byteOffset, length } = opened;
    return { kind: 'opened', text: Buffer.from(buffer, byteOffset, length).toString('utf8') };
  };

  /** As `open`, with the bytes of what could be opened. */
  openBytes(entry: Entry): Uint8Array | Exclude<Opened, { readonly kind: 'opened' }> {
    const { sealed } = entry;
    if (sealed === null) return CLOSED;
    const opening = this.#openings.get(sealed.mac);
    const subjectKey = this.#keys.get(sealed.subject) ?? undefined;
    if (opening === undefined && subjectKey === undefined) return CLOSED;
    const blob = 'text' in sealed ? undefined : this.#blobs.get(sealed.blob.digest);
    const key =
      opening === undefined ? { subjectKey: subjectKey ?? new Uint8Array() } : { opening };
    const what = blob === undefined ? { sealed, ...key } : { sealed, ...key, blob };
    const opened = openPayload(what);
    return opened.ok ? opened.value : { kind: 'broken', why: opened.error.message };
  }

  readonly pactOf = (digest: string, sources: string | null): CompiledPact | undefined => {
    if (this.#pacts.has(digest)) return this.#pacts.get(digest);
    const named = sources === null ? [...this.#sources.values()] : [this.#sources.get(sources)];
    for (const blob of named) {
      const pact = blob === undefined ? undefined : compiled(blob, digest);
      if (pact !== undefined) this.#pacts.set(digest, pact);
    }
    return this.#pacts.get(digest);
  };

  /** Fetches the sources of the pacts that entries name. */
  async prepareAllSources(entries: readonly (Entry | null)[]): Promise<void> {
    for (const entry of entries) {
      const sources = entry?.open['sources'];
      if (typeof sources === 'string') await this.prepareSources(sources);
    }
  }

  /** Fetches the sources of a pact. */
  async prepareSources(digest: string): Promise<void> {
    if (this.#sources.has(digest)) return;
    if (this.#sources.size >= MOST_SOURCES) this.#sources.clear();
    const blob = await this.#record.blob(digest);
    if (blob !== undefined) this.#sources.set(digest, blob);
  }
}

/** Returns the plaintext of an entry that was opened, or null. */
export function secretIn(opened: Opened): JsonObject | null {
  if (opened.kind !== 'opened') return null;
  // A plaintext whose commitment held is what a recorder sealed: a JSON object.
  return JSON.parse(opened.text) as JsonObject;
}

function compiled(blob: Uint8Array, digest: string): CompiledPact | undefined {
  const sources = sourcesOf(blob);
  const pact = sources === undefined ? undefined : compileSources(sources);
  return pact?.ok === true && pact.value.digest === digest ? pact.value : undefined;
}

/** Any blob may stand in a pack; one that is no sources is none. */
function sourcesOf(blob: Uint8Array): PactSources | undefined {
  try {
    const { entry, files } = sourcesIn(blob);
    return typeof entry === 'string' && typeof files === 'object' ? { entry, files } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the digest of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
