import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import { codeOf, readWhole, type Trouble } from './read-file.ts';
import { folderOf, type Surroundings } from './surroundings.ts';

/** A call as a client's own transcript holds it, without what was asked or answered. */
export type TranscriptCall = {
  readonly client: string;
  readonly path: string;
  readonly line: number;
  readonly at: number;
  /** The client's name of the tool. */
  readonly name: string;
  readonly isError: boolean;
};

/** What transcripts hold. */
export type Transcripts = {
  readonly calls: readonly TranscriptCall[];
  /** How many files of each client were read. */
  readonly files: Readonly<Record<string, number>>;
  readonly troubles: readonly Trouble[];
};

/** Something a line says: a call, or that one ended. */
type Said =
  | { readonly kind: 'call'; readonly id: string; readonly at: number; readonly name: string }
  | { readonly kind: 'end'; readonly id: string; readonly isError: boolean; readonly text: string };

type Source = {
  readonly client: string;
  readonly folder: (surroundings: Surroundings) => string;
  readonly isOf: (name: string) => boolean;
  readonly said: (line: JsonObject) => readonly Said[];
};

const MOST_FILES = 20_000;
const MOST_LEVELS = 6;

// Source: the files these programs write; what a line says otherwise is passed over.
const SOURCES: readonly Source[] = [
  {
    client: 'claude-code',
    folder: (surroundings) => join(folderOf('claude', surroundings), 'projects'),
    isOf: (name) => name.endsWith('.jsonl'),
    said: saidByClaude,
  },
  {
    client: 'codex',
    folder: (surroundings) => join(folderOf('codex', surroundings), 'sessions'),
    isOf: (name) => /^rollout-.*\.jsonl$/.test(name),
    said: saidByCodex,
  },
  {
    client: 'gemini-cli',
    folder: (surroundings) => join(folderOf('home', surroundings), '.gemini', 'tmp'),
    isOf: (name) => /^session-.*\.jsonl?$/.test(name),
    said: saidByGemini,
  },
];

/** Returns the calls in the clients' transcripts that ended, from a moment on, ms UTC. */
export function readTranscripts(surroundings: Surroundings, sinceMs: number): Transcripts {
  const calls: TranscriptCall[] = [];
  const troubles: Trouble[] = [];
  const files: Record<string, number> = {};
  for (const source of SOURCES) {
    const paths = filesIn(source, { folder: source.folder(surroundings), sinceMs, troubles });
    files[source.client] = paths.length;
    for (const path of paths) {
      const found = callsIn(source, path);
      if (found.trouble !== null) troubles.push(found.trouble);
      for (const call of found.calls) if (call.at >= sinceMs) calls.push(call);
    }
  }
  return { calls: calls.sort((one, other) => one.at - other.at), files, troubles };
}

function filesIn(
  { isOf }: Source,
  of: { readonly folder: string; readonly sinceMs: number; readonly troubles: Trouble[] },
): readonly string[] {
  const { sinceMs, troubles } = of;
  const found: string[] = [];
  const look = (folder: string, level: number): void => {
    if (level > MOST_LEVELS || found.length >= MOST_FILES) return;
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) look(path, level + 1);
        else if (isOf(entry.name) && isSince(path, sinceMs)) found.push(path);
      }
    } catch (cause) {
      if (codeOf(cause) !== 'ENOENT') {
        troubles.push({ place: folder, why: `cannot be looked into (${codeOf(cause)})` });
      }
    }
  };
  look(of.folder, 0);
  if (found.length >= MOST_FILES) {
    troubles.push({ place: of.folder, why: `holds more than ${MOST_FILES} transcripts` });
  }
  return found.sort();
}

/** What cannot be asked for its time is looked at: reading says why, and hides no other file. */
function isSince(path: string, sinceMs: number): boolean {
  try {
    return statSync(path).mtimeMs >= sinceMs;
  } catch (cause) {
    if (cause instanceof Error) return true;
    throw cause;
  }
}

type FoundCalls = { readonly calls: readonly TranscriptCall[]; readonly trouble: Trouble | null };

function callsIn(source: Source, path: string): FoundCalls {
  const text = readWhole(path);
  if (text === null) return { calls: [], trouble: null };
  if (typeof text !== 'string') return { calls: [], trouble: text };
  const open = new Map<string, Omit<TranscriptCall, 'isError'>>();
  const calls: TranscriptCall[] = [];
  const ended = new Set<Omit<TranscriptCall, 'isError'>>();
  let unread = 0;
  let untimed = 0;
  for (const { line, value } of linesOf(path, text)) {
    if (value === null) {
      unread += 1;
      continue;
    }
    for (const said of source.said(value)) {
      if (said.kind === 'call') {
        const { id, at, name } = said;
        // Without a time nobody can say which decision stands behind it.
        if (at === 0) untimed += 1;
        if (!open.has(id)) open.set(id, { client: source.client, path, line, at, name });
        continue;
      }
      const call = open.get(said.id);
      // A message is written again when it changes, and ends its calls again.
      if (call === undefined || ended.has(call)) continue;
      ended.add(call);
      // What our own refusal ended never ran.
      const isRefused = said.isError && said.text.includes('plumbline refused');
      if (!isRefused) calls.push({ ...call, isError: said.isError });
    }
  }
  // The last line may be under way.
  const lost = untimed + (unread > 1 ? unread : 0);
  if (lost === 0) return { calls, trouble: null };
  return { calls, trouble: { place: path, why: `has ${lost} lines that cannot be read` } };
}

type Line = { readonly line: number; readonly value: JsonObject | null };

/** One object a line, or one that is the whole file. */
function linesOf(path: string, text: string): readonly Line[] {
  if (path.endsWith('.json')) {
    const value = parsed(text);
    const messages = value?.['messages'];
    if (value === null || !Array.isArray(messages)) return [{ line: 1, value: null }];
    return messages.filter(isJsonObject).map((each) => ({ line: 1, value: each }));
  }
  return text.split('\n').flatMap((each, at) => {
    if (each.trim() === '') return [];
    return [{ line: at + 1, value: parsed(each) }];
  });
}

function parsed(text: string): JsonObject | null {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : null;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function momentOf(value: Json | undefined): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number(value);
  return Number.isFinite(at) ? at : 0;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function memberOf(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  return member !== undefined && isJsonObject(member) ? member : {};
}

function saidByClaude(line: JsonObject): readonly Said[] {
  const at = momentOf(line['timestamp']);
  return objectsIn(memberOf(line, 'message')['content']).flatMap((part): readonly Said[] => {
    if (part['type'] === 'tool_use') {
      return [{ kind: 'call', id: textOf(part['id']), at, name: textOf(part['name']) }];
    }
    if (part['type'] !== 'tool_result') return [];
    const text = JSON.stringify(part['content'] ?? '');
    const isError = part['is_error'] === true;
    return [{ kind: 'end', id: textOf(part['tool_use_id']), isError, text }];
  });
}

function saidByCodex(line: JsonObject): readonly Said[] {
  if (line['type'] !== 'response_item') return [];
  const item = memberOf(line, 'payload');
  const id = textOf(item['call_id']);
  const at = momentOf(line['timestamp']);
  switch (item['type']) {
    case 'function_call':
    case 'custom_tool_call':
      return [
        { kind: 'call', id, at, name: `${textOf(item['namespace'])}${textOf(item['name'])}` },
      ];
    case 'local_shell_call':
      return [{ kind: 'call', id, at, name: 'shell' }];
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const text = JSON.stringify(item['output'] ?? '');
      const isError = /"success\\?":\s*false|plumbline refused|exit(?:ed with)? code:? [1-9]/i.test(
        text,
      );
      return [{ kind: 'end', id, isError, text }];
    }
    default:
      return [];
  }
}

function saidByGemini(line: JsonObject): readonly Said[] {
  if (line['type'] !== 'gemini') return [];
  return objectsIn(line['toolCalls']).flatMap((call): readonly Said[] => {
    const status = textOf(call['status']);
    const id = textOf(call['id']);
    const at = momentOf(call['timestamp'] ?? line['timestamp']);
    const begun = { kind: 'call', id, at, name: textOf(call['name']) } as const;
    if (status !== 'success' && status !== 'error') return [begun];
    const text = JSON.stringify(call['result'] ?? '');
    return [begun, { kind: 'end', id, isError: status === 'error', text }];
  });
}
