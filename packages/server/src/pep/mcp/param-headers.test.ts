import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';

import {
  decodeHeader,
  encodeHeader,
  faultInParamHeaders,
  paramHeadersOf,
  printParamHeaders,
} from './param-headers.ts';

const toolWith = (properties: JsonObject, more: JsonObject = {}): Json => ({
  name: 'query',
  inputSchema: { type: 'object', properties, ...more },
});

const QUERY = toolWith({
  region: { type: 'string', 'x-mcp-header': 'Region' },
  limit: { type: 'integer', 'x-mcp-header': 'Limit' },
  dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
  of: { type: 'object', properties: { tenant: { type: 'string', 'x-mcp-header': 'Tenant' } } },
  text: { type: 'string' },
});

function headersOf(tool: Json): Parameters<typeof printParamHeaders>[0] {
  const read = paramHeadersOf(tool);
  assert.ok(read.ok);
  return read.headers;
}

test('param headers: what is annotated is said, at any depth of objects, and nothing else', () => {
  const args = { region: 'us-west1', limit: 42, dry: false, of: { tenant: 'a' }, text: 'x' };
  assert.deepEqual(printParamHeaders(headersOf(QUERY), args), {
    'mcp-param-region': 'us-west1',
    'mcp-param-limit': '42',
    'mcp-param-dry': 'false',
    'mcp-param-tenant': 'a',
  });
  assert.deepEqual(printParamHeaders(headersOf(QUERY), { region: null, of: 'text' }), {});
});

test('param headers: text that is no plain value travels as Base64', () => {
  const cases = [
    ['us-west1', 'us-west1'],
    ['', ''],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
    ['=?base64?SGVsbG8=', '=?base64?SGVsbG8='],
  ] as const;
  for (const [text, header] of cases) {
    assert.equal(encodeHeader(text), header);
    assert.equal(decodeHeader(header), text);
  }
  for (const broken of ['=?base64?SGVsbG8?=', '=?base64?SGVs!!!bG8=?=', '=?base64?/w==?=', 'é']) {
    assert.equal(decodeHeader(broken), null);
  }
});

test('param headers: each must say what the arguments say, and nothing else', () => {
  const fault = (args: JsonObject, given: Readonly<Record<string, string>>): string | null =>
    faultInParamHeaders(headersOf(QUERY), args, (name) => given[name]);
  assert.equal(fault({ region: 'a' }, { 'mcp-param-region': 'a' }), null);
  assert.equal(fault({ region: 'a' }, { 'mcp-param-region': '=?base64?YQ==?=' }), null);
  assert.equal(fault({ limit: 42 }, { 'mcp-param-limit': '42.0' }), null);
  assert.equal(fault({ region: null }, {}), null);
  assert.equal(fault({ region: 'a' }, {}), 'mcp-param-region');
  assert.equal(fault({ region: 'a' }, { 'mcp-param-region': 'b' }), 'mcp-param-region');
  assert.equal(fault({ limit: 42 }, { 'mcp-param-limit': '4.2e1' }), 'mcp-param-limit');
  assert.equal(fault({}, { 'mcp-param-dry': 'true' }), 'mcp-param-dry');
});

test('param headers: an annotation that stands for no one plain value is a fault', () => {
  const text = (name: Json): JsonObject => ({ type: 'string', 'x-mcp-header': name });
  const faulty: readonly Json[] = [
    toolWith({ a: text('') }),
    toolWith({ a: text('two words') }),
    toolWith({ a: text('a\r\nb') }),
    toolWith({ a: text(7) }),
    toolWith({ a: text('Same'), b: text('same') }),
    toolWith({ a: { type: 'number', 'x-mcp-header': 'A' } }),
    toolWith({ a: { 'x-mcp-header': 'A' } }),
    toolWith({ a: { type: 'array', items: text('A') } }),
    toolWith({}, { oneOf: [{ properties: { a: text('A') } }] }),
    toolWith({}, { $defs: { a: text('A') } }),
    toolWith({}, { 'x-mcp-header': 'A', type: 'string' }),
  ];
  for (const tool of faulty) assert.equal(paramHeadersOf(tool).ok, false, JSON.stringify(tool));
  const values = toolWith({ a: { type: 'object', default: { 'x-mcp-header': 'A' } } });
  assert.deepEqual(paramHeadersOf(values), { ok: true, headers: [] });
  assert.deepEqual(headersOf(toolWith({ 'x-mcp-header': { type: 'string' } })), []);
});
