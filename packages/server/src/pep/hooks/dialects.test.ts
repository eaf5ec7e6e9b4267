import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { DIALECTS } from './dialects.ts';
import type { Dialect, HookEvent } from './hook-event.ts';
import { pactNameOf } from './pact-name.ts';

function dialect(client: string): Dialect {
  const found = DIALECTS.get(client);
  assert.ok(found !== undefined, client);
  return found;
}

function read(client: string, event: string, body: JsonObject): HookEvent | null {
  return dialect(client).read(event, body);
}

const USE = { id: 'c1', tool: { kind: 'own', name: 'Bash' }, args: { command: 'ls' }, by: null };
const BEFORE: HookEvent = {
  kind: 'before',
  session: 's',
  use: { ...USE, tool: { kind: 'own', name: 'Bash' } },
};
const AFTER: HookEvent = { ...BEFORE, kind: 'after', status: 'ok', result: null };
const NO = { kind: 'refuse', say: 'no', isStopped: false } as const;
const HALTED = { kind: 'refuse', say: 'halted', isStopped: true } as const;

test('hooks: claude code and codex tell a call by its id, and servers by their names', () => {
  verifies('enforce.every-path');
  const body = { session_id: 's', tool_name: 'Bash', tool_input: { command: 'ls' } };
  for (const client of ['claude-code', 'codex']) {
    const own = { ...body, tool_use_id: 'c1' };
    assert.deepEqual(read(client, 'PreToolUse', own), { kind: 'before', session: 's', use: USE });
    const mcp = { ...own, tool_name: 'mcp__fs__read__all', agent_id: 'sub' };
    const tool = { kind: 'mcp', server: 'fs', name: 'read__all', isGuess: true };
    const use = { ...USE, tool, by: 'sub' };
    assert.deepEqual(read(client, 'PreToolUse', mcp), { kind: 'before', session: 's', use });
    const odd = { ...own, tool_name: 'mcp__fs' };
    assert.deepEqual(read(client, 'PreToolUse', odd), {
      kind: 'before',
      session: 's',
      use: { ...USE, tool: { kind: 'own', name: 'mcp__fs' } },
    });
  }
});

test('hooks: a server whose name begins as that of a gateway does not hide behind it', () => {
  verifies('enforce.every-path');
  const whose = (tool_name: string): string => {
    const event = read('claude-code', 'PreToolUse', { session_id: 's', tool_name, tool_input: {} });
    assert.ok(event?.kind === 'before');
    const named = pactNameOf(event.use.tool, { prefix: 'claude.', gateways: ['fs'] });
    return named.kind === 'name' ? named.tool : named.kind;
  };
  assert.equal(whose('mcp__fs__read'), 'gateway');
  assert.equal(whose('mcp__fs__evil__rm'), 'fs.evil__rm');
  assert.equal(whose('mcp__fs___rm'), 'fs._rm');
  assert.equal(whose('mcp__other__read'), 'other.read');
});

test('hooks: what cannot be read is not taken for nothing', () => {
  for (const [client, event] of [
    ['claude-code', 'PreToolUse'],
    ['codex', 'PreToolUse'],
    ['gemini-cli', 'BeforeTool'],
    ['cursor', 'preToolUse'],
  ] as const) {
    const id = client === 'cursor' ? 'conversation_id' : 'session_id';
    const fine = { [id]: 's', tool_name: 'x', tool_input: {} };
    assert.equal(read(client, event, fine)?.kind, 'before', client);
    for (const bad of [
      { ...fine, [id]: '' },
      { ...fine, tool_name: 7 },
      { ...fine, tool_name: 'x'.repeat(256) },
      { ...fine, tool_input: 'no json' },
      { ...fine, tool_input: [1] },
    ]) {
      assert.equal(read(client, event, bad), null, `${client} ${JSON.stringify(bad)}`);
    }
    assert.deepEqual(read(client, 'Notification', fine), { kind: 'none' });
  }
});

test('hooks: gemini cli tells servers in the context, and failures in the answer', () => {
  const body = { session_id: 's', tool_name: 'mcp_fs_read', tool_input: { path: 'a' } };
  const context = { server_name: 'fs', tool_name: 'read', command: 'npx' };
  const use = { id: null, args: { path: 'a' }, by: null };
  assert.deepEqual(read('gemini-cli', 'BeforeTool', { ...body, mcp_context: context }), {
    kind: 'before',
    session: 's',
    use: { ...use, tool: { kind: 'mcp', server: 'fs', name: 'read' } },
  });
  // Without it nobody knows where the server's name ends.
  assert.deepEqual(read('gemini-cli', 'BeforeTool', body), {
    kind: 'before',
    session: 's',
    use: { ...use, tool: { kind: 'mcp', server: null, name: 'fs_read' } },
  });
  const failed = { llmContent: [{ text: 'no such file' }], error: { message: 'no' } };
  assert.deepEqual(read('gemini-cli', 'AfterTool', { ...body, tool_response: failed }), {
    kind: 'after',
    session: 's',
    use: { ...use, tool: { kind: 'mcp', server: null, name: 'fs_read' } },
    status: 'error',
    result: 'no such file',
  });
});

test('hooks: cursor tells arguments and results as text, and what the person refused', () => {
  const body = { conversation_id: 's', tool_name: 'MCP:read', tool_input: '{"path":"a"}' };
  const tool = { kind: 'mcp', server: null, name: 'read' };
  const use = { id: null, tool, args: { path: 'a' }, by: null };
  assert.deepEqual(read('cursor', 'preToolUse', body), { kind: 'before', session: 's', use });
  const after = { kind: 'after', session: 's', use };
  const output = { ...body, tool_output: '{"rows":2}' };
  assert.deepEqual(read('cursor', 'postToolUse', output), {
    ...after,
    status: 'ok',
    result: { rows: 2 },
  });
  const denied = { ...body, failure_type: 'permission_denied', error_message: 'no' };
  assert.deepEqual(read('cursor', 'postToolUseFailure', denied), {
    ...after,
    status: 'not_sent',
    result: 'no',
  });
  const shell = { conversation_id: 's', command: 'ls' };
  assert.deepEqual(read('cursor', 'beforeShellExecution', shell), {
    kind: 'before',
    session: 's',
    use: { id: null, tool: { kind: 'own', name: 'Shell' }, args: { command: 'ls' }, by: null },
  });
});

test('hooks: a conversation is fresh only where the client says that it holds nothing', () => {
  for (const client of ['claude-code', 'codex', 'gemini-cli']) {
    for (const [source, isFresh] of [
      ['startup', true],
      ['clear', true],
      ['resume', false],
      ['compact', false],
      [null, false],
    ] as const) {
      const told = read(client, 'SessionStart', { session_id: 's', source });
      assert.deepEqual(told, { kind: 'start', session: 's', isFresh }, `${client} ${source}`);
    }
  }
});

test('hooks: a refusal blocks by an answer, or where answers are risky by its exit code', () => {
  verifies('enforce.every-path');
  for (const client of ['codex', 'cursor']) {
    const { kind } = dialect(client).write(BEFORE, 'PreToolUse', NO);
    assert.equal(kind, 'block', client);
  }
  assert.deepEqual(dialect('gemini-cli').write(BEFORE, 'BeforeTool', NO), {
    kind: 'json',
    value: { decision: 'deny', reason: 'no' },
  });
  assert.deepEqual(dialect('claude-code').write(BEFORE, 'PreToolUse', NO), {
    kind: 'json',
    value: {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'no',
      },
    },
  });
});

test('hooks: a result is withheld by an answer where a client reads none behind a code', () => {
  assert.deepEqual(dialect('cursor').write(AFTER, 'postToolUse', NO), {
    kind: 'json',
    value: { updated_mcp_tool_output: { refused: 'no' }, additional_context: 'no' },
  });
});

test('hooks: where an answer stops the agent, a halt does', () => {
  verifies('human.halt');
  const said = dialect('claude-code').write(BEFORE, 'PreToolUse', HALTED);
  assert.deepEqual(said, {
    kind: 'json',
    value: {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'halted',
      },
      continue: false,
      stopReason: 'halted',
    },
  });
  assert.deepEqual(dialect('gemini-cli').write(BEFORE, 'BeforeTool', HALTED), {
    kind: 'json',
    value: { decision: 'deny', reason: 'halted', continue: false, stopReason: 'halted' },
  });
  // Codex lets a call through whose answer says `continue` before a tool.
  assert.equal(dialect('codex').write(BEFORE, 'PreToolUse', HALTED).kind, 'block');
  assert.deepEqual(dialect('codex').write(AFTER, 'PostToolUse', HALTED), {
    kind: 'json',
    value: { continue: false, stopReason: 'halted' },
  });
});

test('hooks: rewritten arguments reach the tool, or the call is refused', () => {
  const rewrite = { kind: 'rewrite', args: { command: 'ls -l' } } as const;
  const own = { permissionDecision: 'allow', updatedInput: { command: 'ls -l' } };
  for (const client of ['claude-code', 'codex']) {
    assert.deepEqual(dialect(client).write(BEFORE, 'PreToolUse', rewrite), {
      kind: 'json',
      value: { hookSpecificOutput: { hookEventName: 'PreToolUse', ...own } },
    });
  }
  assert.deepEqual(dialect('cursor').write(BEFORE, 'preToolUse', rewrite), {
    kind: 'json',
    value: { permission: 'allow', updated_input: { command: 'ls -l' } },
  });
  const laid = { hookEventName: 'BeforeTool', tool_input: { command: 'ls -l' } };
  assert.deepEqual(dialect('gemini-cli').write(BEFORE, 'BeforeTool', rewrite), {
    kind: 'json',
    value: { decision: 'allow', hookSpecificOutput: laid },
  });
  // Gemini CLI lays a rewrite over the arguments, so nothing can be taken away.
  const without = { kind: 'rewrite', args: {} } as const;
  const taken = dialect('gemini-cli').write(BEFORE, 'BeforeTool', without);
  assert.match(JSON.stringify(taken), /"decision":"deny".+takes `command` away from it/);
});
