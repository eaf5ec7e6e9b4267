import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Entry, Segment } from './entry.ts';
import { sizeOf } from './entry.ts';
import type { Memory } from './memory.ts';
import { readWaiting } from './memory.ts';

/** Returns the memory as JSON; the same history gives the same JSON, whatever was traced. */
export function memoryToJson(memory: Memory): JsonObject {
  readWaiting(memory);
  return { entries: memory.entries.map(entryToJson) };
}

function entryToJson({ kind, tool, text, segments, calls }: Entry): JsonObject {
  return { kind, tool, text, segments: segments.map((segment) => ({ ...segment })), calls };
}

/** Returns the memory that `memoryToJson` wrote, or null for any other JSON. */
export function memoryFromJson(json: Json): Memory | null {
  if (!isJsonObject(json) || !Array.isArray(json['entries'])) return null;
  const entries: Entry[] = [];
  for (const element of json['entries']) {
    const entry = entryFromJson(element);
    if (entry === null) return null;
    entries.push(entry);
  }
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  return { waiting: [], waitingSize: 0, entries, size };
}

const kinds = ['principal', 'session', 'untrusted', 'tool'] as const;

function entryFromJson(json: Json): Entry | null {
  if (!isJsonObject(json)) return null;
  const { kind: kindName, tool, text, segments: given, calls } = json;
  const kind = kinds.find((name) => name === kindName);
  const segments = Array.isArray(given) ? given.map(segmentFromJson) : [null];
  if (kind === undefined || typeof tool !== 'string' || typeof text !== 'string') return null;
  if (!segments.every((segment) => segment !== null)) return null;
  if (!Array.isArray(calls) || !calls.every((call) => typeof call === 'string')) return null;
  return { kind, tool, text, segments, calls };
}

function segmentFromJson(json: Json): Segment | null {
  if (!isJsonObject(json)) return null;
  const { path, isTrusted, end } = json;
  if (typeof path !== 'string' || typeof isTrusted !== 'boolean') return null;
  return typeof end === 'number' ? { path, isTrusted, end } : null;
}
