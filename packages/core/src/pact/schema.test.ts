import { Ajv2020 } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isJsonObject } from '../json.ts';
import type { Json } from '../json.ts';
import { PACT_KEYS } from './key-order.ts';
import { parsePact } from './parse.ts';
import { parseSource, toJson } from './source.ts';

const root = join(import.meta.dirname, '../../../..');
// A JSON file of the specification holds JSON.
const schema = JSON.parse(readFileSync(join(root, 'spec/pact/pact.schema.json'), 'utf8')) as Json;
assert.ok(isJsonObject(schema));
const validate = new Ajv2020({
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
}).compile(schema);

function jsonOf(text: string): Json {
  const source = parseSource(text, 'a.yaml');
  return source.ok ? toJson(source.value) : null;
}

test('schema: accepts every pact that ships', () => {
  const pacts = globSync('{spec,examples}/**/*.pact.yaml', { cwd: root });
  assert.ok(pacts.length > 0);
  for (const path of pacts) {
    validate(jsonOf(readFileSync(join(root, path), 'utf8')));
    assert.deepEqual(validate.errors, null, path);
  }
});

test('schema: knows the members the parser knows', () => {
  const { properties } = schema;
  assert.ok(isJsonObject(properties));
  assert.deepEqual(Object.keys(properties).sort(), [...PACT_KEYS].sort());
});

test('schema: accepts what the parser accepts among the diagnostics', () => {
  for (const path of globSync('spec/vectors/diagnostics/*.yaml', { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8');
    if (!parsePact(text, path).ok) continue;
    validate(jsonOf(text));
    assert.deepEqual(validate.errors, null, path);
  }
});
