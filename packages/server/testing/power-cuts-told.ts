import assert from 'node:assert/strict';

import type { JsonObject, VerdictKind } from '@plumbline/core';

import type { Operation } from './simulated-disk.ts';

/** One decision as its caller knows it. */
export type ToldDecision = {
  readonly agent: string;
  readonly session: string;
  readonly request: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly decision: string;
  readonly index: number;
  readonly verdict: VerdictKind;
  /** In which life of the world it was given. */
  readonly life: number;
  readonly token: string | null;
};

/** One session as its opener knows it. */
export type ToldSession = {
  readonly agent: string;
  readonly session: string;
  readonly principal: string;
  /** Somebody asked to end it; whether it ended is known by the log alone. */
  isEnding: boolean;
};

/** What an acknowledgement claims: an entry of this kind, of this agent, that says this. */
export type Claim = {
  readonly index: number;
  readonly kind: string;
  readonly agent: string | null;
  readonly says?: JsonObject;
};

/** Everything that callers were told, in all lives of a world. */
export class PowerCutsTold {
  /** The exact bytes of every acknowledged entry, by index. */
  readonly entries: Map<number, Uint8Array> = new Map();
  readonly claims: Claim[] = [];
  readonly sessions: Map<string, ToldSession> = new Map();
  readonly decisions: Map<string, ToldDecision> = new Map();
  /** Decisions whose end was acknowledged; `unknown` is no end. */
  readonly ended: Set<string> = new Set();
  /** Decisions whose end was asked to be recorded. */
  readonly ending: Set<string> = new Set();
  /** Decisions of which anything was reported; their permits end. */
  readonly reported: Set<string> = new Set();
  readonly redeemed: Set<string> = new Set();
  /** Agents of which anything was ever halted. */
  readonly halted: Set<string> = new Set();
  /** Subjects whose erasure was acknowledged. */
  readonly erased: Set<string> = new Set();
  /** How often each code was answered. */
  readonly codes: Map<string, number> = new Map();
  acknowledged = 0;

  count(code: string): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }
}

/** Requires of a trace that an entry was written, and its file synced after that. */
export function requireSynced(trace: readonly Operation[], entry: Uint8Array, what: string): void {
  const written = trace.findLastIndex(({ verb, path, bytes }) => {
    return verb === 'write' && path.startsWith('segments') && holds(bytes, entry);
  });
  const file = trace[written]?.file;
  assert.ok(file !== undefined, `${what} was answered and is not written`);
  const isSynced = trace.findLastIndex((done) => done.verb === 'sync' && done.file === file);
  assert.ok(isSynced > written, `${what} was answered and is not synced`);
}

function holds(bytes: Uint8Array | undefined, entry: Uint8Array): boolean {
  if (bytes === undefined) return false;
  const written = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return written.includes(Buffer.from(entry.buffer, entry.byteOffset, entry.length));
}
