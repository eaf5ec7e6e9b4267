import type { Json, JsonObject } from '@plumbline/core';

import type { Step } from './run.ts';

type Pending = { readonly id: string | null; readonly call: number };

/** One call as a format reader found it; `at` is its place for `attack_calls`. */
export type FoundCall = {
  readonly id: string | null;
  readonly tool: string;
  readonly args: JsonObject | null;
  readonly at: string;
};

/** One result as a format reader found it. */
export type FoundResult = {
  readonly id: string | null;
  readonly result: Json;
  readonly isError: boolean;
};

/**
 * Collects the steps of one run and pairs results with calls: by id, and where
 * the format or the provider gave none, on either side, in order.
 */
export class Transcript {
  readonly steps: Step[] = [];
  readonly ordinals: Map<string, number> = new Map();
  callCount = 0;
  #waiting: Pending[] = [];

  message(role: 'user' | 'system', text: string, atMs: number | null = null): void {
    if (text !== '') this.steps.push({ kind: 'message', role, text, atMs });
  }

  call({ id, tool, args, at }: FoundCall, atMs: number | null = null): number {
    const call = this.callCount;
    this.callCount += 1;
    this.ordinals.set(at, call);
    this.#waiting.push({ id, call });
    this.steps.push({ kind: 'call', call, tool, args, atMs });
    return call;
  }

  /** Returns false when no call waits for this result. */
  result({ id, result, isError }: FoundResult, atMs: number | null = null): boolean {
    const isNamed = id !== null && id !== '';
    const named = isNamed ? this.#waiting.findIndex((call) => call.id === id) : 0;
    const at = named < 0 ? this.#waiting.findIndex((call) => call.id === null) : named;
    if (at < 0) return false;
    const [found] = this.#waiting.splice(at, 1);
    if (found === undefined) return false;
    this.steps.push({ kind: 'result', call: found.call, result, isError, atMs });
    return true;
  }
}

/** Returns arguments as an object: as they are, or parsed from JSON; null for anything else. */
export function argumentsOf(value: Json | undefined): JsonObject | null {
  if (typeof value === 'string') return value.trim() === '' ? {} : parsedObject(value);
  if (value === undefined || value === null) return {};
  return asObject(value);
}

function parsedObject(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

function asObject(value: unknown): JsonObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // It came out of JSON.parse, so every member is JSON; the compiler sees `object`.
  return value as JsonObject;
}
