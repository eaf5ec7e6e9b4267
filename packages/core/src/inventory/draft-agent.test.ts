import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { formatDiagnostic } from '../pact/diagnostic.ts';
import type { DraftTool } from '../pact/draft/request.ts';
import { loadPact, type LoadedPact } from '../pact/load.ts';
import { builtInTools } from './built-in-tools.ts';
import { draftForAgent } from './draft-agent.ts';

function load(text: string): LoadedPact {
  const loaded = loadPact('d.yaml', (path) => (path === 'd.yaml' ? text : undefined));
  assert(loaded.ok, loaded.ok ? '' : `${loaded.error.map(formatDiagnostic).join('\n')}\n${text}`);
  return loaded.value;
}

const tool = (name: string, ...names: readonly string[]): DraftTool => ({
  name,
  description: '',
  inputSchema: {
    type: 'object',
    properties: Object.fromEntries(names.map((each) => [each, { type: 'string' }])),
  },
});

test('draft: reads are allowed, changes wait for a person, the unknown is excluded', () => {
  verifies('fleet.inventory');
  const tools = [
    tool('fs.read_file', 'path'),
    tool('fs.write_file', 'path', 'content'),
    tool('x.y'),
  ];
  const { pact, warnings } = load(draftForAgent({ agent: 'desk', owner: 'a@example.com', tools }));
  assert.deepEqual(warnings.map(formatDiagnostic), []);
  const [layer] = pact.layers;
  const rulesOf = (name: string): readonly string[] => {
    const rules = layer?.rulesFor(name);
    const allow = rules?.allow.map(({ rule }) => rule.id) ?? [];
    return [...allow, ...[...(rules?.exclude ?? []), ...(rules?.stepUp ?? [])].map(({ id }) => id)];
  };
  assert.deepEqual(rulesOf('fs.read_file'), ['reads']);
  assert.deepEqual(rulesOf('fs.write_file'), ['changes', 'a-person-looks']);
  assert.deepEqual(rulesOf('x.y'), ['not-judged']);
});

test('draft: a pact for the tools of a coding agent loads without an error or a warning', () => {
  for (const client of ['claude-code', 'gemini-cli', 'codex', 'cursor'] as const) {
    const { warnings } = load(draftForAgent({ agent: client, tools: builtInTools(client) }));
    assert.deepEqual(warnings.map(formatDiagnostic), []);
  }
});

test('draft: a pact loads whatever the tools are called and take', () => {
  const names = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('get.a', 'delete', 'on', 'é'),
  );
  const schemas = fc.oneof(
    fc.constant(null),
    fc.dictionary(
      fc.oneof(names, fc.constantFrom('sql', 'amount', 'command', 'to', 'body', 'a\nsql')),
      fc.oneof(fc.constant({ type: 'string' }), fc.constant({ type: 'number' }), fc.jsonValue()),
    ),
  );
  const made = fc.array(
    fc.record({
      name: names,
      description: fc.oneof(fc.string(), fc.constant('Runs a command to pay.')),
      properties: schemas,
      readOnlyHint: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(made, (listed) => {
      const drafted = listed.map(({ name, description, properties, readOnlyHint }) => {
        const inputSchema = properties === null ? null : { type: 'object', properties };
        return { name, description, inputSchema, annotations: { readOnlyHint } };
      });
      // JSON through and through: what a server lists arrives as parsed JSON.
      const tools = JSON.parse(JSON.stringify(drafted)) as readonly DraftTool[];
      load(draftForAgent({ agent: 'a', tools }));
    }),
    { numRuns: 40 },
  );
});
