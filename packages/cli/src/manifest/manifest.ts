import type { Json, JsonObject } from '@plumbline/core';

/** One value of a field to match: equal, or text in which `*` stands for any run of characters. */
export type MatchValue = string | number | boolean | null;

/** What a rule says of the records it matches; what is absent stays open for later rules. */
export type ManifestRule = {
  readonly id: string;
  readonly match: readonly { readonly field: string; readonly anyOf: readonly MatchValue[] }[];
  readonly agent?: string;
  readonly task?: string | null;
  readonly principal?: string;
  readonly session: JsonObject;
  readonly user?: 'principal' | 'untrusted';
  readonly system?: 'ignored' | 'attested';
  readonly labels: JsonObject;
};

/**
 * Which pact, task and session attributes a record is replayed with.
 *
 * Source: spec/replay-manifest.md.
 */
export type Manifest = { readonly file: string; readonly rules: readonly ManifestRule[] };

/** What the manifest says of one record. `task` undefined: no rule spoke of it. */
export type Mapping = {
  readonly rules: readonly string[];
  readonly agent: string;
  readonly task: string | null | undefined;
  readonly principal: string;
  readonly session: JsonObject;
  readonly user: 'principal' | 'untrusted';
  readonly system: 'ignored' | 'attested';
  readonly labels: { readonly [name: string]: Json };
};
