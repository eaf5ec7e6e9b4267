import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Stop } from '../stop.ts';
import { readTasks } from './tasks.ts';
import { readTools } from './tools.ts';

function stopOf(read: () => unknown): string {
  try {
    read();
  } catch (cause) {
    if (cause instanceof Stop) return cause.message;
    throw cause;
  }
  return 'no error';
}

test('draft: MCP lists and OpenAI functions name the same tools', () => {
  const schema = { type: 'object', properties: {} };
  const tool = { name: 'a.get', description: 'Get a.', inputSchema: schema, annotations: {} };
  const mcp = { name: 'a.get', description: 'Get a.', inputSchema: schema };
  const called = { name: 'a.get', description: 'Get a.', parameters: schema };
  for (const list of [
    { tools: [mcp] },
    { jsonrpc: '2.0', id: 1, result: { tools: [mcp] } },
    [{ type: 'function', function: called }],
    [{ type: 'function', ...called }],
    { tools: [{ name: 'a.get', description: 'Get a.', input_schema: schema }] },
  ]) {
    assert.deepEqual(readTools(JSON.stringify(list), 't.json'), [tool]);
  }
});

test('draft: the hints of a server are kept, anything else beside them is not', () => {
  const annotations = { readOnlyHint: true, openWorldHint: false, title: 'A', destructiveHint: 1 };
  const [tool] = readTools(JSON.stringify([{ name: 'a', annotations }]), 't.json');
  assert.deepEqual(tool?.annotations, { readOnlyHint: true, openWorldHint: false });
});

test('draft: each mistake in a tool list names the file and the tool', () => {
  const stop = (text: string): string => stopOf(() => readTools(text, 't.json'));
  assert.match(stop('{'), /^t\.json: not JSON \(/);
  assert.equal(stop('{}'), 't.json: no list of tools, `{"tools": […]}` is expected');
  assert.equal(stop('[]'), 't.json: the list of tools is empty');
  assert.equal(stop('[{"name":"a"},{}]'), 't.json: tools[1]: `name` is not text');
  assert.equal(stop('[3]'), 't.json: tools[0]: is not an object');
  assert.equal(stop('[{"name":"a","inputSchema":3}]'), 't.json: tools[0]: its schema is no object');
});

test('draft: tasks are a list or a mapping, in YAML or JSON', () => {
  const wanted = [{ name: 'pay', description: 'Pay a bill.', tools: ['send'] }, { name: 'look' }];
  const list = '- { name: pay, description: Pay a bill., tools: [send] }\n- look\n';
  assert.deepEqual(readTasks(list, 't.yaml'), wanted);
  assert.deepEqual(readTasks(`{"tasks": ${JSON.stringify(wanted)}}`, 't.json'), wanted);
  assert.deepEqual(readTasks('pay: Pay a bill.\nlook:\n', 't.yaml'), [
    { name: 'pay', description: 'Pay a bill.' },
    { name: 'look' },
  ]);
});

test('draft: each mistake in a task list has its line and column', () => {
  const stop = (text: string): string => stopOf(() => readTasks(text, 't.yaml'));
  assert.equal(stop('3\n'), 't.yaml:1:1: the tasks are neither a list nor a mapping');
  assert.equal(stop('- { tools: [] }\n'), 't.yaml:1:3: a task has no `name`');
  assert.equal(
    stop('- { name: a, tool: b }\n'),
    't.yaml:1:14: unknown key `tool` of a task, one of name, description, tools',
  );
  assert.equal(stop('- { name: a, tools: b }\n'), 't.yaml:1:21: `tools` is not a list of names');
});
