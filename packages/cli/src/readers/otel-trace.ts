import { canonical, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { jsonText } from './fields.ts';
import type { Span } from './otel-spans.ts';
import { argumentsOf, Transcript } from './transcript.ts';

/**
 * Returns the steps of one run from its spans, by OpenTelemetry's GenAI conventions.
 *
 * Messages come from `gen_ai.input.messages` (each once, however often the history is repeated).
 * A call comes from `gen_ai.output.messages` or an `execute_tool` span, whichever tells first; the
 * two are one call when they share `gen_ai.tool.call.id`. Results come from the tool span, else
 * from the next input.
 */
export function readTrace(spans: readonly Span[]): {
  readonly transcript: Transcript;
  readonly attackCalls: ReadonlySet<number>;
} {
  const reader = new TraceReader();
  for (const moment of momentsOf(spans)) moment.read(reader);
  return { transcript: reader.transcript, attackCalls: reader.attackCalls };
}

type Moment = {
  readonly atMs: number;
  readonly order: number;
  readonly read: (reader: TraceReader) => void;
};

/** What a span tells at its start (what went in, a call) and at its end (what came out). */
function momentsOf(spans: readonly Span[]): readonly Moment[] {
  const moments = spans.flatMap((span): Moment[] => {
    const { attributes, startMs, endMs } = span;
    if (typeof attributes['gen_ai.tool.name'] === 'string') {
      return [
        { atMs: startMs, order: 2, read: (reader) => reader.toolStart(span) },
        { atMs: endMs, order: 3, read: (reader) => reader.toolEnd(span) },
      ];
    }
    return [
      { atMs: startMs, order: 0, read: (reader) => reader.input(span) },
      { atMs: endMs, order: isChoice(span) ? 5 : 1, read: (reader) => reader.output(span) },
    ];
  });
  // A tool's end may share its millisecond with the next call of the model, which has read it.
  return moments
    .map((moment, at) => ({ moment, at }))
    .sort((a, b) => a.moment.atMs - b.moment.atMs || rank(a.moment, b.moment) || a.at - b.at)
    .map(({ moment }) => moment);
}

/** An event of an answer often has the time of the messages it answers. */
function isChoice({ name }: Span): boolean {
  return name === 'gen_ai.choice';
}

function rank(a: Moment, b: Moment): number {
  const place = (moment: Moment): number => (moment.order === 0 ? 4 : moment.order);
  return place(a) - place(b);
}

class TraceReader {
  readonly transcript: Transcript = new Transcript();
  readonly attackCalls: Set<number> = new Set();
  readonly #seen: Set<string> = new Set();
  /** The last call of each id; ids may begin anew with every turn. */
  readonly #callIds: Map<string, number> = new Map();
  /** Calls by id, tool and arguments, however often the history repeats them. */
  readonly #calls: Map<string, number> = new Map();
  /** Calls without an id, by tool and arguments; `#history` counts those of the input now read. */
  readonly #nameless: Map<string, readonly number[]> = new Map();
  #history: Map<string, number> | null = null;
  #namelessResults = 0;
  readonly #answered: Set<number> = new Set();
  readonly #responses: Set<string> = new Set();

  input({ attributes, startMs }: Span): void {
    this.#system(attributes['gen_ai.system_instructions'], startMs);
    this.#history = new Map();
    for (const message of messagesIn(attributes['gen_ai.input.messages'])) {
      const { role } = message;
      if (role === 'assistant') this.#outputs(message, startMs);
      else this.#inputMessage(message, startMs);
    }
    this.#history = null;
  }

  output({ attributes, endMs }: Span): void {
    for (const message of messagesIn(attributes['gen_ai.output.messages'])) {
      this.#outputs(message, endMs);
    }
  }

  toolStart(span: Span): void {
    const { attributes, startMs } = span;
    const id = idOf(attributes['gen_ai.tool.call.id']) ?? `span:${span.spanId}`;
    const call = this.#call(
      { id, tool: attributes['gen_ai.tool.name'], args: attributes['gen_ai.tool.call.arguments'] },
      startMs,
    );
    if (call !== undefined && attributes['replay.attack_call'] === true) this.attackCalls.add(call);
  }

  toolEnd(span: Span): void {
    const { attributes, endMs } = span;
    const id = idOf(attributes['gen_ai.tool.call.id']) ?? `span:${span.spanId}`;
    const result = attributes['gen_ai.tool.call.result'];
    const isError = span.isError || typeof attributes['error.type'] === 'string';
    if (result !== undefined || isError) this.#result(id, result ?? '', { isError, atMs: endMs });
  }

  #system(value: Json | undefined, atMs: number): void {
    const text = partsIn(value).map(textOf).filter(Boolean).join('\n');
    if (text !== '' && this.#isFirst('system', text)) this.transcript.message('system', text, atMs);
  }

  #inputMessage(message: JsonObject, atMs: number): void {
    const parts = partsIn(message['parts'] ?? message['content']);
    for (const part of parts) {
      if (part['type'] !== 'tool_call_response') continue;
      const id = idOf(part['id']);
      const result = part['response'] ?? part['result'] ?? '';
      if (id === null) this.#namelessResult(result, atMs);
      else this.#result(id, result, { isError: false, atMs });
    }
    const role = message['role'] === 'user' ? 'user' : 'system';
    const text = parts.map(textOf).filter(Boolean).join('\n');
    if (message['role'] === 'tool' || text === '' || !this.#isFirst(role, text)) return;
    this.transcript.message(role, text, atMs);
  }

  #outputs(message: JsonObject, atMs: number): void {
    for (const part of partsIn(message['parts'])) {
      if (part['type'] !== 'tool_call') continue;
      const found = { id: idOf(part['id']), tool: part['name'], args: part['arguments'] };
      this.#call(found, atMs);
    }
  }

  #call(
    found: { id: string | null; tool: Json | undefined; args: Json | undefined },
    atMs: number,
  ): number | undefined {
    const { id, tool, args: given } = found;
    const args = argumentsOf(given);
    const key = canonical([id, tool ?? null, args ?? jsonText(given ?? null)]);
    const last = id !== null && isEmpty(given) ? this.#callIds.get(id) : undefined;
    const known = id === null ? this.#repeated(key) : (this.#calls.get(key) ?? last);
    if (known !== undefined) return known;
    if (typeof tool !== 'string') return undefined;
    const at = `${this.transcript.callCount}:0`;
    const call = this.transcript.call({ id, tool, args, at }, atMs);
    if (id !== null) this.#callIds.set(id, call);
    this.#calls.set(key, call);
    if (id === null) this.#nameless.set(key, [...(this.#nameless.get(key) ?? []), call]);
    return call;
  }

  /** The call without an id that the history now read repeats, if it is one known already. */
  #repeated(key: string): number | undefined {
    if (this.#history === null) return undefined;
    const count = this.#history.get(key) ?? 0;
    this.#history.set(key, count + 1);
    return this.#nameless.get(key)?.[count];
  }

  /** A result without an id answers the calls in order; the history repeats those before it. */
  #namelessResult(result: Json, atMs: number): void {
    const count = this.#history?.get('') ?? 0;
    this.#history?.set('', count + 1);
    if (count < this.#namelessResults) return;
    this.#namelessResults += 1;
    this.transcript.result({ id: null, result, isError: false }, atMs);
  }

  #result(id: string, result: Json, { isError, atMs }: { isError: boolean; atMs: number }): void {
    const call = this.#callIds.get(id);
    const key = `${id}:${jsonText(result)}`;
    if (call === undefined || this.#answered.has(call) || this.#responses.has(key)) return;
    this.#answered.add(call);
    this.#responses.add(key);
    this.transcript.result({ id, result, isError }, atMs);
  }

  #isFirst(role: string, text: string): boolean {
    const key = `${role}:${text}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

/** A span may leave the arguments out, or an exporter without content empty. */
function isEmpty(args: Json | undefined): boolean {
  return args === undefined || args === null || args === '' || args === '{}';
}

function idOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Message attributes are structured, or JSON text where the exporter knows only text. */
function messagesIn(value: Json | undefined): readonly JsonObject[] {
  return partsIn(value);
}

function partsIn(value: Json | undefined): readonly JsonObject[] {
  const parsed = typeof value === 'string' ? parsedOrText(value) : value;
  const items: readonly Json[] = Array.isArray(parsed) ? parsed : [];
  return items.filter((item) => isJsonObject(item));
}

function parsedOrText(text: string): Json {
  try {
    const parsed: Json = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [{ type: 'text', content: text }];
  } catch (cause) {
    if (cause instanceof SyntaxError) return [{ type: 'text', content: text }];
    throw cause;
  }
}

function textOf(part: JsonObject): string {
  const { type, content, text } = part;
  if (type !== undefined && type !== 'text') return '';
  const found = content ?? text;
  return typeof found === 'string' ? found : '';
}
