import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { jsonText } from './fields.ts';

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
  return [spanOf(record, { line, place, resource: attributesOf(inner) })];
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
    .map((span) => spanOf(span, { line, place, resource }));
}

type Around = { readonly line: number; readonly place: string; readonly resource: JsonObject };

function spanOf(span: JsonObject, { line, place, resource }: Around): Span {
  const context = isJsonObject(span['context']) ? span['context'] : {};
  const text = (...names: readonly string[]): string | null => firstText(span, context, names);
  const traceId = text('traceId', 'trace_id');
  if (traceId === null) throw new Stop('a span has no traceId', place);
  const startMs = timeOf(span['startTimeUnixNano'] ?? span['start_time'] ?? span['timeUnixNano']);
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

function firstText(span: JsonObject, context: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = span[name] ?? context[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** Content may stand on the span or on its operation-details event; the span's own wins. */
function withEvents(attributes: JsonObject, events: Json | undefined): JsonObject {
  const found = list(events)
    .filter((event) => jsonText(event['name'] ?? null).startsWith('gen_ai.'))
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

/** Returns attributes as a plain object, from OTLP's list of keys and values or an object. */
export function attributesOf(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  const entries = list(value).flatMap((pair): [string, Json][] =>
    typeof pair['key'] === 'string' ? [[pair['key'], plainValue(pair['value'])]] : [],
  );
  return Object.fromEntries(entries);
}

function plainValue(value: Json | undefined): Json {
  if (!isJsonObject(value)) return value ?? null;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (isJsonObject(arrayValue)) return list(arrayValue['values']).map(plainValue);
  if (isJsonObject(kvlistValue)) return attributesOf(kvlistValue['values'] ?? []);
  return stringValue ?? doubleValue ?? boolValue ?? value['bytesValue'] ?? null;
}
