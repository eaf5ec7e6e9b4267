import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import type { Held, HeldResult, HeldText, Returned } from './held.ts';
import type { Memory } from './memory.ts';
import { memoryOf } from './memory.ts';
import type { Part } from './split.ts';

/** Returns the memory as JSON; the same history gives the same JSON, whatever was traced. */
export function memoryToJson(memory: Memory): JsonObject {
  return { held: memory.held.map(heldToJson) };
}

function heldToJson(held: Held): JsonObject {
  return held.kind === 'tool' ? { ...held, returned: returnedToJson(held.returned) } : held;
}

function returnedToJson(returned: Returned): JsonObject {
  if (returned.kind === 'whole') return { ...returned, trust: { ...returned.trust } };
  return { kind: 'parts', parts: returned.parts.map((part) => ({ ...part })) };
}

/** Returns the memory that `memoryToJson` wrote, or null for any other JSON. */
export function memoryFromJson(json: Json): Memory | null {
  if (!isJsonObject(json)) return null;
  const held = listOf(json['held'], heldFromJson);
  return held === null ? null : memoryOf(held);
}

/** Returns the elements as `from` reads them, or null when one of them cannot be read. */
function listOf<T>(json: Json | undefined, from: (element: Json) => T | null): readonly T[] | null {
  if (!Array.isArray(json)) return null;
  const elements: readonly Json[] = json;
  const read = elements.map(from);
  return read.every((element) => element !== null) ? read : null;
}

function stringFrom(json: Json | undefined): string | null {
  return typeof json === 'string' ? json : null;
}

function objectFrom(json: Json): JsonObject | null {
  return isJsonObject(json) ? json : null;
}

function heldFromJson(json: Json): Held | null {
  if (!isJsonObject(json)) return null;
  return json['kind'] === 'tool' ? resultFromJson(json) : textFromJson(json);
}

function textFromJson({ kind, text, size }: JsonObject): HeldText | null {
  if (kind !== 'principal' && kind !== 'session' && kind !== 'untrusted') return null;
  return typeof text === 'string' && typeof size === 'number' ? { kind, text, size } : null;
}

function resultFromJson(json: JsonObject): HeldResult | null {
  const { tool, size } = json;
  const calls = listOf(json['calls'], objectFrom);
  const returned = returnedFromJson(json['returned']);
  if (typeof tool !== 'string' || typeof size !== 'number') return null;
  return calls === null || returned === null ? null : { kind: 'tool', tool, calls, returned, size };
}

function returnedFromJson(json: Json | undefined): Returned | null {
  if (!isJsonObject(json)) return null;
  if (json['kind'] === 'parts') {
    const parts = listOf(json['parts'], partFromJson);
    return parts === null ? null : { kind: 'parts', parts };
  }
  const trust = trustFromJson(json['trust']);
  const { kind, result } = json;
  if (kind !== 'whole' || trust === null || result === undefined) return null;
  return { kind, trust, result };
}

function partFromJson(json: Json): Part | null {
  if (!isJsonObject(json)) return null;
  const { path, isTrusted } = json;
  const leaves = listOf(json['leaves'], stringFrom);
  if (typeof path !== 'string' || typeof isTrusted !== 'boolean') return null;
  return leaves === null ? null : { path, isTrusted, leaves };
}

function trustFromJson(json: Json | undefined): Trust | null {
  if (!isJsonObject(json)) return null;
  const { byDefault, format } = json;
  const trusted = listOf(json['trusted'], stringFrom);
  const untrusted = listOf(json['untrusted'], stringFrom);
  if (byDefault !== 'trusted' && byDefault !== 'untrusted') return null;
  if (format !== 'json' && format !== 'yaml' && format !== 'text') return null;
  return trusted === null || untrusted === null ? null : { byDefault, trusted, untrusted, format };
}
