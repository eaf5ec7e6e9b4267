import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { jsonText } from './fields.ts';
import { messageOfEvent } from './otel-events.ts';
import { attributesOf } from './otel-values.ts';

/** One span (or log record of a span), its attributes as plain JSON. Times in milliseconds. */
export type Span = {
  readonly line: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly attributes: JsonObject;
  readonly resource: JsonObject;
};

/**
 * Returns the spans of one line: an OTLP/JSON request (`resourceSpans`, `resourceLogs`), or one
 * span as the SDKs' console and file exporters print it.
 *
 * Errors: `Stop` at `place` for a span without a trace id.
 */
export function spansOf(record: JsonObject, line: number, place: string): readonly Span[] {
  const groups = [...list(record['resourceSpans']), ...list(record['resourceLogs'])];
  if (groups.length > 0 || 'resourceSpans' in record || 'resourceLogs' in record) {
    return groups.flatMap((group) => spansOfResource(group, line, place));
  }
  const resource = isJsonObject(record['resource']) ? record['resource'] : {};
  const inner = resource['attributes'] ?? resource;
  return withMessages(record, { line, place, resource: attributesOf(inner) });
}

function list(value: Json | undefined): readonly JsonObject[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.filter((item) => isJsonObject(item));
}

function spansOfResource(group: JsonObject, line: number, place: string): readonly Span[] {
  const { resource: given, scopeSpans, scopeLogs } = group;
  const resource = attributesOf(isJsonObject(given) ? given['attributes'] : undefined);
  return [...list(scopeSpans), ...list(scopeLogs)]
    .flatMap((scope) => [...list(scope['spans']), ...list(scope['logRecords'])])
    .flatMap((span) => withMessages(span, { line, place, resource }));
}

type Around = { readonly line: number; readonly place: string; readonly resource: JsonObject };

/**
 * A span or log record, and its events that tell one message each as spans of their own. These
 * name their span as parent, so that none is taken for the root of the trace.
 */
function withMessages(record: JsonObject, around: Around): readonly Span[] {
  const span = spanOf(record, around);
  const told = messageOfEvent(eventNameOf(record), record);
  if (told !== null) {
    return [{ ...span, name: eventNameOf(record), parentId: span.spanId, attributes: told }];
  }
  const messages = list(record['events']).flatMap((event): Span[] => {
    const name = eventNameOf(event);
    const attributes = messageOfEvent(name, event);
    const atMs = timeOf(event['timeUnixNano'] ?? event['timestamp']) || span.startMs;
    if (attributes === null) return [];
    return [{ ...span, name, parentId: span.spanId, startMs: atMs, endMs: atMs, attributes }];
  });
  return [span, ...messages];
}

function eventNameOf(event: JsonObject): string {
  const name =
    event['eventName'] ?? event['event_name'] ?? attributesOf(event['attributes'])['event.name'];
  return jsonText(name ?? event['name'] ?? '');
}

function spanOf(span: JsonObject, { line, place, resource }: Around): Span {
  const context = isJsonObject(span['context']) ? span['context'] : {};
  const text = (...names: readonly string[]): string | null => firstText(span, context, names);
  const traceId = text('traceId', 'trace_id');
  if (traceId === null) throw new Stop('a span has no traceId', place);
  const startMs = startOf(span);
  const status = isJsonObject(span['status']) ? span['status'] : {};
  return {
    line,
    traceId,
    spanId: text('spanId', 'span_id') ?? '',
    parentId: text('parentSpanId', 'parent_span_id', 'parent_id'),
    name: text('name', 'eventName') ?? '',
    startMs,
    endMs: timeOf(span['endTimeUnixNano'] ?? span['end_time']) || startMs,
    isError: ['2', 'STATUS_CODE_ERROR', 'ERROR'].includes(
      jsonText(status['code'] ?? status['status_code'] ?? null),
    ),
    attributes: withEvents(attributesOf(span['attributes']), span['events']),
    resource,
  };
}

/** A log record has the time of what happened, or only that of its being seen. */
function startOf(span: JsonObject): number {
  const logged = timeOf(span['timeUnixNano'] ?? span['timestamp']);
  const seen = span['observedTimeUnixNano'] ?? span['observed_timestamp'];
  return timeOf(span['startTimeUnixNano'] ?? span['start_time']) || logged || timeOf(seen);
}

function firstText(span: JsonObject, context: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = span[name] ?? context[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

const detailsEvent = 'gen_ai.client.inference.operation.details';

/** Content may stand on the span or on its operation-details event; the span's own wins. */
function withEvents(attributes: JsonObject, events: Json | undefined): JsonObject {
  const found = list(events)
    .filter((event) => jsonText(event['name'] ?? null) === detailsEvent)
    .map((event) => attributesOf(event['attributes']));
  return found.length === 0 ? attributes : Object.assign({}, ...found, attributes);
}

/** Nanoseconds as text or number, or an ISO time, to milliseconds; 0 when there is none. */
function timeOf(value: Json | undefined): number {
  if (typeof value === 'number') return Math.floor(value / 1e6);
  if (typeof value !== 'string' || value === '') return 0;
  if (/^\d+$/.test(value)) return Number(BigInt(value) / 1_000_000n);
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? 0 : parsed;
}
