import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hookAdvice } from './hook-advice.ts';

type Needs = Parameters<typeof hookAdvice>;
type Server = Needs[1]['governed'][number];

const server = (name: string, client = 'claude-code'): Server => ({
  client,
  name,
  path: '/f',
  line: 1,
  file: { base: 'home', format: 'json' },
  project: null,
  isEnabled: true,
  reach: { kind: 'other', what: 'x' },
  environment: {},
});

function advice(
  gateways: readonly string[],
  governed: readonly Server[],
  freed: readonly Server[] = [],
): readonly string[] {
  const attested = {
    agent: 'coder',
    principal: "a'b",
    task: null,
    prefix: null,
    gateways,
    waitSeconds: 45,
  };
  const where = { client: 'claude-code', path: '/s', project: null, isOurs: true, isOff: false };
  const hook = { ...where, agent: 'coder', prefix: null, gateways, attested };
  const machine = {
    clients: [],
    files: [],
    servers: [],
    hooks: [hook],
    projects: [],
    troubles: [],
  };
  // Nothing but the program's name is looked at.
  const shell = { program: 'plumb' } as unknown as Needs[1]['shell'];
  // The machine alone is looked at.
  return hookAdvice({ machine } as unknown as Needs[0], { governed, shell }, freed);
}

const LINE = String.raw`plumb hook claude-code install --agent coder --principal 'a'\''b'`;
const WHY = '  # so that each call is decided once';

test('govern: a hook is to leave to the gateway what is behind it, and nothing else', () => {
  assert.deepEqual(advice([], [server('files')]), [`${LINE} --gateway files${WHY}`]);
  assert.deepEqual(advice(['a'], [server('b')]), [`${LINE} --gateway a b${WHY}`]);
  assert.deepEqual(advice(['a', 'b'], [], [server('a')]), [`${LINE} --gateway b${WHY}`]);
  assert.deepEqual(advice(['a'], [], [server('a')]), [`${LINE}${WHY}`]);
  assert.deepEqual(advice(['files'], [server('files')]), []);
  assert.deepEqual(advice(['*'], [server('files')]), []);
  assert.deepEqual(advice([], [server('files', 'cursor')]), []);
});
