import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { DraftTool } from '../pact/draft/request.ts';
import { builtInTools } from './built-in-tools.ts';
import { judgeTool } from './judge-tool.ts';

type Hints = NonNullable<DraftTool['annotations']>;

function toolOf(name: string, names: readonly string[], hints: Hints = {}): DraftTool {
  const properties = Object.fromEntries(
    names.map((each) => [each, { type: each === 'amount' ? 'number' : 'string' }]),
  );
  return { name, description: '', inputSchema: { type: 'object', properties }, annotations: hints };
}

/** Effect, reversibility and worst side effect, in one line. */
function judged(name: string, names: readonly string[] = [], hints: Hints = {}): string {
  const { effect, reversible, worst, money } = judgeTool(toolOf(name, names, hints));
  return [effect, ...(money === null ? [] : [`money ${money}`]), reversible, worst].join(' · ');
}

test('judge: effect, worst side effect and reversibility come from name and arguments', () => {
  verifies('fleet.inventory');
  assert.deepEqual(
    [
      judged('get_order', ['order_id']),
      judged('read_text_file', ['path']),
      judged('write_file', ['path', 'content']),
      judged('delete_file', ['path']),
      judged('send_email', ['to', 'body']),
      judged('fetch', ['url']),
      judged('run_command', ['command']),
      judged('create_refund', ['order', 'amount']),
      judged('query', ['sql']),
      judged('update_ticket', ['id', 'status']),
    ],
    [
      'read · yes · shows the agent all that its server can read',
      'read · yes · shows the agent any file this user may read, secrets included',
      'write · partly · changes any file this user may change',
      'write · no · removes or overwrites any file',
      'send · no · tells somebody what nobody can untell',
      'read · yes · carries what the agent knows out in an address, and hostile text in',
      'send · no · runs any program with the rights of this user',
      'write · money amount · partly · moves money that does not come back',
      'write · partly · changes or drops any record the connection reaches',
      'write · partly · changes records others rely on',
    ],
  );
});

test('judge: where nothing says what a tool does, the worst is plausible', () => {
  const judgement = judgeTool(toolOf('frobnicate', ['x']));
  assert.equal(judgement.isSure, false);
  assert.equal(judgement.effect, 'write');
  assert.equal(judgement.reversible, 'no');
  assert.equal(judgement.worst, 'does anything its server can do');
});

test("judge: a server's hints are claims; one that says less than the name is not believed", () => {
  const lying = judgeTool(toolOf('delete_user', ['id'], { readOnlyHint: true }));
  assert.equal(lying.effect, 'write');
  assert.deepEqual(lying.reasons, [
    'its name says `delete`',
    'the server says less, which is not believed',
  ]);
  assert.deepEqual(lying.claims, ['reads only']);
  const claimed = judgeTool(toolOf('frobnicate', ['x'], { readOnlyHint: true }));
  assert.deepEqual([claimed.effect, claimed.isSure], ['read', true]);
  const closed = judgeTool(toolOf('fetch', ['url'], { openWorldHint: false }));
  assert.equal(closed.isOpenWorld, true);
});

test('judge: a name that joins two verbs does the worse of them', () => {
  assert.match(judged('get_and_delete_user', ['id']), /^write · no/);
  assert.match(judged('getOrCreateTicket', ['id']), /^write/);
  assert.match(judged('draft_then_send_mail', ['id']), /^send/);
  assert.match(judged('get_terms_and_conditions'), /^read/);
  const { reasons } = judgeTool(toolOf('get_and_delete_user', ['id'], { readOnlyHint: true }));
  assert.deepEqual(reasons, [
    'its name says `delete` as well',
    'the server says less, which is not believed',
  ]);
  assert.deepEqual(judgeTool(toolOf('get_and_delete_user', ['id'])).reasons, [
    'its name says `delete` as well',
  ]);
});

test('judge: arguments speak where the name does not', () => {
  assert.match(judged('do_it', ['url', 'method']), /^send/);
  assert.match(judged('do_it', ['channel', 'text']), /^send/);
  assert.match(judged('do_it', ['path', 'content']), /^write · no/);
});

test('judge: tools of the coding agents are judged by the same rules', () => {
  const effects = builtInTools('claude-code').map((tool) => {
    const { effect, effectFrom } = judgeTool(tool);
    return `${tool.name} ${effectFrom === null ? effect : `from ${effectFrom}`}`;
  });
  assert.deepEqual(effects, [
    'Agent write',
    'Bash from command',
    'BashOutput read',
    'Edit write',
    'Glob read',
    'Grep read',
    'KillShell write',
    'LS read',
    'MultiEdit write',
    'NotebookEdit write',
    'PowerShell from command',
    'Read read',
    'Skill write',
    'Task write',
    'TodoWrite write',
    'WebFetch read',
    'WebSearch read',
    'Write write',
  ]);
});
