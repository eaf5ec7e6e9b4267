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

test('schema: every member says in a line what it means, to whoever writes a pact', () => {
  const silent: string[] = [];
  const walk = (node: Json | undefined, path: string): void => {
    if (Array.isArray(node)) for (const each of node) walk(each, path);
    if (!isJsonObject(node)) return;
    for (const [name, each] of Object.entries(node)) {
      if (name !== 'properties' || !isJsonObject(each)) walk(each, `${path}/${name}`);
      else for (const [word, of] of Object.entries(each)) describe(of, `${path}.${word}`);
    }
  };
  const describe = (node: Json, path: string): void => {
    const said = isJsonObject(node) ? node['description'] : null;
    if (typeof said !== 'string' || said.includes('\n')) silent.push(path);
    walk(node, path);
  };
  walk(schema, '');
  assert.deepEqual(silent, []);
});

test('schema: accepts what the parser accepts among the diagnostics', () => {
  for (const path of globSync('spec/vectors/diagnostics/*.yaml', { cwd: root })) {
    const text = readFileSync(join(root, path), 'utf8');
    if (!parsePact(text, path).ok) continue;
    validate(jsonOf(text));
    assert.deepEqual(validate.errors, null, path);
  }
});
