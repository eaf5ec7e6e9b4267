import type { Entry, Json, JsonObject } from '@plumbline/core';

import type { PactRow, PactState } from './services.ts';

/** One version of a pact with where its sources are. */
export type Version = PactRow & {
  /** The digest of the source blob. */
  readonly sources: string;
  readonly signatures: readonly string[];
};

/** The kinds of entries that say how versions of pacts stand. */
export const PACT_KINDS = [
  'pact_proposed',
  'pact_published',
  'pact_shadowed',
  'pact_withdrawn',
  'armed',
] as const;

/** What the registry reads of an entry. */
export type PactEntry = Pick<Entry, 'kind' | 'agent' | 'at' | 'open'> & { readonly index: number };

/**
 * Every version of every agent's pact, folded from the ledger. A published version is in force
 * once an `armed` entry names it: what failed its self-test stays withdrawn.
 */
export class PactRegistry {
  readonly #agents = new Map<string, Map<string, Version>>();
  readonly #byDigest = new Map<string, string>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold(entry: PactEntry): void {
    const { agent, kind, open } = entry;
    const digest = open['pact'];
    if (agent === null || typeof digest !== 'string') return;
    const versions = this.#agents.get(agent) ?? new Map<string, Version>();
    this.#agents.set(agent, versions);
    switch (kind) {
      case 'pact_proposed':
        this.#put(versions, digest, versionOf(entry, 'proposed'));
        break;
      case 'pact_published':
        this.#put(versions, digest, versionOf(entry, 'withdrawn'));
        break;
      case 'pact_shadowed':
        retire(versions, 'shadow', { ...entry, state: 'withdrawn' });
        this.#put(versions, digest, versionOf(entry, 'shadow'));
        break;
      case 'pact_withdrawn':
        move(versions, digest, { ...entry, state: 'withdrawn' });
        break;
      case 'armed':
        retire(versions, 'armed', { ...entry, state: 'earlier' });
        move(versions, digest, { ...entry, state: 'armed' });
        break;
      default:
        break;
    }
  }

  /** Every version of an agent, newest first. */
  list(agent: string): readonly Version[] {
    const versions = [...(this.#agents.get(agent)?.values() ?? [])];
    return versions.reverse().sort((a, b) => b.index - a.index);
  }

  version(agent: string, digest: string): Version | undefined {
    return this.#agents.get(agent)?.get(digest);
  }

  inState(agent: string, state: PactState): Version | undefined {
    return this.list(agent).find((version) => version.state === state);
  }

  agents(): readonly string[] {
    return [...this.#agents.keys()];
  }

  /** The digest of the source blob of a pact, whichever agent has it. */
  sourcesOf(digest: string): string | undefined {
    return this.#byDigest.get(digest);
  }

  #put(versions: Map<string, Version>, digest: string, version: Version): void {
    versions.set(digest, version);
    this.#byDigest.set(digest, version.sources);
  }
}

type Moved = Pick<PactEntry, 'at' | 'index'> & { readonly state: PactState };

function move(versions: Map<string, Version>, digest: string, { at, index, state }: Moved): void {
  const found = versions.get(digest);
  if (found !== undefined) versions.set(digest, { ...found, at, index, state });
}

function retire(versions: Map<string, Version>, state: PactState, to: Moved): void {
  for (const [digest, version] of versions) {
    if (version.state === state) move(versions, digest, to);
  }
}

/** Returns the open part of an entry about a version. Source: spec/entries.md, "Kinds". */
export function openOfVersion(
  version: Pick<
    Version,
    'digest' | 'sources' | 'by' | 'approvedBy' | 'signatures' | 'reason' | 'breakGlass'
  >,
): JsonObject {
  const { digest, sources, by, approvedBy, signatures, reason, breakGlass } = version;
  const marked = breakGlass === undefined ? {} : { breakGlass };
  return { pact: digest, sources, by, approvedBy, signatures, reason, ...marked };
}

function versionOf({ at, index, open }: PactEntry, state: PactState): Version {
  return {
    digest: textOf(open['pact']),
    state,
    at,
    index,
    by: textOf(open['by']),
    approvedBy: typeof open['approvedBy'] === 'string' ? open['approvedBy'] : null,
    reason: textOf(open['reason']),
    sources: textOf(open['sources']),
    signatures: listOf(open['signatures']),
    ...(typeof open['breakGlass'] === 'string' ? { breakGlass: open['breakGlass'] } : {}),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value)
    ? value.filter((each): each is string => typeof each === 'string')
    : [];
}
