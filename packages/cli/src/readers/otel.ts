import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { attackCallsOf, labelsOf } from './labels.ts';
import { spansOf, type Span } from './otel-spans.ts';
import { readTrace } from './otel-trace.ts';
import type { Run } from './run.ts';

/** The most spans kept of one file: its runs are known only when all of it is read. */
export const MAX_SPANS = 500_000;

/**
 * Collects the spans of one file and gives out its runs: one per conversation
 * (`gen_ai.conversation.id`), else one per trace.
 */
export class SpanCollector {
  readonly #file: string;
  readonly #spans: Span[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Errors: `Stop` with `file:line` for a span not as OTLP says, or too many of them. */
  add(record: JsonObject, line: number): void {
    const place = `${this.#file}:${line}`;
    for (const span of spansOf(record, line, place)) {
      if (this.#spans.length >= MAX_SPANS) {
        throw new Stop(`more than ${MAX_SPANS} spans, split the file between traces`, place);
      }
      this.#spans.push(span);
    }
  }

  /** Returns the runs, in the order in which they start in the file. */
  runs(): readonly Run[] {
    const conversations = new Map<string, string>();
    for (const { traceId, attributes } of this.#spans) {
      const id = attributes['gen_ai.conversation.id'];
      if (typeof id === 'string' && !conversations.has(traceId)) conversations.set(traceId, id);
    }
    const groups = Map.groupBy(this.#spans, ({ traceId }) => conversations.get(traceId) ?? traceId);
    return Array.from(groups.values(), (spans) => runOf(spans, this.#file)).filter(isAgentRun);
  }
}

/** Traces without a call and without a message are some other service's business. */
function isAgentRun(run: Run): boolean {
  return run.steps.length > 0;
}

function runOf(spans: readonly Span[], file: string): Run {
  const line = spans.reduce((least, span) => Math.min(least, span.line), Infinity);
  const ids = new Set(spans.map((span) => span.spanId));
  const root = spans.find(({ parentId }) => parentId === null || !ids.has(parentId)) ?? spans[0];
  const { transcript, attackCalls } = readTrace(spans);
  const fields = { ...root?.attributes, resource: root?.resource ?? {}, trace_id: root?.traceId };
  const place = `${file}:${line}`;
  const labels = labelsOf(defined(fields), place, 'replay.');
  return {
    file,
    line,
    format: 'otel',
    fields: defined(fields),
    labels: { ...labels, model: labels.model === 'none' ? modelOf(spans) : labels.model },
    steps: transcript.steps,
    callCount: transcript.callCount,
    attackCalls: new Set([
      ...attackCalls,
      ...attackCallsOf(root?.attributes['replay.attack_calls'], transcript.ordinals, place),
    ]),
  };
}

/** The root span often knows only the agent; the model stands on the spans of its calls. */
function modelOf(spans: readonly Span[]): string {
  const models = spans.map(({ attributes }) => attributes['gen_ai.request.model']);
  return models.find((model) => typeof model === 'string') ?? 'none';
}

function defined(fields: { readonly [name: string]: Json | undefined }): JsonObject {
  const entries = Object.entries(fields).flatMap(([name, value]): [string, Json][] =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}

/** Returns whether a first record looks like spans. */
export function looksLikeSpans(record: JsonObject): boolean {
  return (
    Array.isArray(record['resourceSpans']) ||
    Array.isArray(record['resourceLogs']) ||
    (isJsonObject(record['attributes']) && Object.keys(record).some(isTraceMember))
  );
}

function isTraceMember(name: string): boolean {
  return name === 'traceId' || name === 'trace_id' || name === 'context';
}
