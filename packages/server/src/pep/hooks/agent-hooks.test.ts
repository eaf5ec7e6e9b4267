import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import { vote } from '../../../testing/ask-scene.ts';
import { guardScene, type GuardScene, valueOf } from '../../../testing/guard-scene.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import type { HookAttested, HookSaid } from '../../routes/hooks/hook-door.ts';
import { AgentHooks } from './agent-hooks.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Write code.
owner: desk@example.com
autonomy: 2
unlisted: block_and_replan
gates: off
approvers: [role:lead]
tools:
  claude.Read: { effect: read, trust: untrusted }
  claude.Bash: { effect: send, reversible: no }
  claude.Write: { effect: write }
  gemini.read_file: { effect: read }
  fs.read: { effect: read }
allow:
  - { id: all, tool: [claude.Read, claude.Bash, claude.Write, gemini.read_file, fs.read] }
exclude:
  - { id: no-rm, tool: claude.Bash, when: 'args.command.contains("rm ")', say: nothing is removed }
step_up:
  - { id: push, tool: claude.Bash, when: 'args.command.contains("push")', within: 15m }
modify:
  - { id: hide, tool: claude.Write, when: has(args.secret), rewrite: [{ remove: args.secret }] }
`;

const ATTESTED: HookAttested = {
  principal: 'ada',
  task: null,
  prefix: null,
  gateways: [],
  waitMs: 0,
};

type Hook = (event: string, body: JsonObject, rest?: Partial<HookAttested>) => Promise<HookSaid>;

function hooksOf(scene: GuardScene): { readonly hook: Hook; readonly hooks: AgentHooks } {
  const hooks = new AgentHooks({ guard: scene.guard, nowMs: () => performance.now() });
  const hook: Hook = (event, body, rest = {}) => {
    const attested = { ...ATTESTED, ...rest };
    const client = 'session_id' in body && event.includes('Tool_') ? 'gemini-cli' : 'claude-code';
    return hooks.take({ agent: 'support', client, event, body, caller: LOCAL, attested });
  };
  return { hook, hooks };
}

function use(...[session, id, name, args]: readonly [string, string, string, JsonObject]) {
  return { session_id: session, tool_use_id: id, tool_name: name, tool_input: args };
}

function sayOf(said: HookSaid): string {
  if (said.kind !== 'json') return JSON.stringify(said);
  const own = said.value['hookSpecificOutput'];
  const why = isJsonObject(own) ? own['permissionDecisionReason'] : undefined;
  return typeof why === 'string' ? why : JSON.stringify(said.value);
}

const PASSED = { kind: 'json', value: {} };

describe('hooks of a coding agent', () => {
  let scene: GuardScene;
  let hook: Hook;

  before(async () => {
    scene = await guardScene({ pact: PACT });
    ({ hook } = hooksOf(scene));
  });

  const kinds = (from: number): readonly string[] =>
    scene
      .entries()
      .slice(from)
      .map(({ kind, open }) => {
        const { status } = open;
        return typeof status === 'string' ? `${kind} ${status}` : kind;
      });

  test('hooks: a call is decided, runs, and is recorded before its answer is read', async () => {
    verifies('enforce.every-path');
    const from = scene.entries().length;
    const body = use('one', 'c1', 'Read', { file_path: 'a' });
    await hook('SessionStart', { session_id: 'one', source: 'startup' });
    await hook('UserPromptSubmit', { session_id: 'one', prompt: 'read a' });
    assert.deepEqual(await hook('PreToolUse', body), PASSED);
    assert.deepEqual(await hook('PostToolUse', { ...body, tool_response: 'hello' }), PASSED);
    assert.deepEqual(await hook('SessionEnd', { session_id: 'one' }), PASSED);
    const expected = ['session_opened', 'message', 'decided', 'outcome ok', 'session_closed'];
    assert.deepEqual(kinds(from), expected);
  });

  test('hooks: a refusal is in the pact’s own words, and an unlisted tool is refused', async () => {
    const rm = await hook('PreToolUse', use('two', 'c1', 'Bash', { command: 'rm -r /' }));
    assert.equal(sayOf(rm), 'plumbline refused this call: nothing is removed');
    const odd = await hook('PreToolUse', use('two', 'c2', 'Zap', {}));
    assert.match(sayOf(odd), /^plumbline refused this call: /);
  });

  test('hooks: a call is let through once, whoever sends its id again', async () => {
    verifies('evidence.before-effect');
    const body = use('three', 'c1', 'Read', { file_path: 'a' });
    const both = await Promise.all([hook('PreToolUse', body), hook('PreToolUse', body)]);
    assert.equal(both.filter((said) => sayOf(said) === '{}').length, 1);
    const again = await hook('PreToolUse', body);
    assert.match(sayOf(again), /let through once already/);
    const other = await hook('PreToolUse', use('three', 'c1', 'Read', { file_path: 'b' }));
    assert.match(sayOf(other), /came before with another body/);
  });

  test('hooks: what waits for a person says how to go on, and goes on there', async () => {
    verifies('human.approvals');
    const body = use('four', 'c1', 'Bash', { command: 'git push' });
    const pending = sayOf(await hook('PreToolUse', body));
    const [, ask = ''] = /approval (\S+) waits for a person/.exec(pending) ?? [];
    valueOf(await vote(scene, ask));
    const again = use('four', 'c2', 'Bash', { command: 'git push' });
    assert.deepEqual(await hook('PreToolUse', again), PASSED);
    const from = scene.entries().length;
    assert.deepEqual(await hook('PostToolUse', { ...again, tool_response: 'done' }), PASSED);
    assert.deepEqual(kinds(from), ['outcome ok']);
    const third = await hook('PreToolUse', use('four', 'c3', 'Bash', { command: 'git push' }));
    assert.match(sayOf(third), /waits for a person/);
  });

  test('hooks: a person who approves in time is waited for', async () => {
    const body = use('five', 'c1', 'Bash', { command: 'git push -f' });
    await hook('SessionStart', { session_id: 'five', source: 'startup' });
    const name = 'hook:claude-code:five';
    const of = { agent: 'support', principal: 'ada', task: null, room: null, attributes: {} };
    const opened = valueOf(
      await scene.guard.openSession({ ...of, name, subject: null, openedBy: 'local' }),
    );
    assert.equal(opened.isRepeat, true);
    const said = hook('PreToolUse', body, { waitMs: 60_000 });
    const found = await until(() =>
      scene.guard.asks.list().findLast(({ ask: { session } }) => session === opened.session),
    );
    valueOf(await vote(scene, found.ask.id));
    assert.deepEqual(await said, PASSED);
  });

  test('hooks: rewritten arguments are what runs and what is reported', async () => {
    const body = use('six', 'c1', 'Write', { path: 'a', secret: 'x' });
    assert.deepEqual(await hook('PreToolUse', body), {
      kind: 'json',
      value: {
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision: 'allow',
          updatedInput: { path: 'a' },
        },
      },
    });
    const from = scene.entries().length;
    const ran = { ...body, tool_input: { path: 'a' }, tool_response: 'ok' };
    assert.deepEqual(await hook('PostToolUse', ran), PASSED);
    assert.deepEqual(kinds(from), ['outcome ok']);
  });

  test('hooks: other arguments than were let through are a bypass', async () => {
    verifies('fleet.bypass');
    const body = use('seven', 'c1', 'Bash', { command: 'ls' });
    assert.deepEqual(await hook('PreToolUse', body), PASSED);
    const from = scene.entries().length;
    const ran = { ...body, tool_input: { command: 'rm -r /' }, tool_response: 'ok' };
    await hook('PostToolUse', ran);
    assert.deepEqual(kinds(from), ['outcome ok', 'finding']);
  });

  test('hooks: what ran without being let through is recorded and said', async () => {
    verifies('fleet.bypass');
    await hook('SessionStart', { session_id: 'eight', source: 'startup' });
    const from = scene.entries().length;
    const ran = { ...use('eight', 'c1', 'Bash', { command: 'ls' }), tool_response: 'ok' };
    assert.match(sayOf(await hook('PostToolUse', ran)), /ran without being let through/);
    assert.deepEqual(kinds(from), ['decided', 'outcome ok', 'finding']);
    const refused = use('eight', 'c2', 'Bash', { command: 'rm x' });
    await hook('PreToolUse', refused);
    const later = scene.entries().length;
    await hook('PostToolUse', { ...refused, tool_response: 'gone' });
    assert.deepEqual(kinds(later), ['message', 'finding']);
  });

  test('hooks: a call nothing is heard of ends as unknown, and a later word is taken', async () => {
    const [first, second] = [use('nine', 'c1', 'Bash', {}), use('nine', 'c2', 'Bash', {})];
    await hook('PreToolUse', { ...first, tool_input: { command: 'a' } });
    await hook('PreToolUse', { ...second, tool_input: { command: 'b' }, agent_id: 'sub' });
    const from = scene.entries().length;
    await hook('Stop', { session_id: 'nine' });
    assert.deepEqual(kinds(from), ['outcome unknown']);
    await hook('PostToolUse', { ...first, tool_input: { command: 'a' }, tool_response: 'late' });
    await hook('SessionEnd', { session_id: 'nine' });
    assert.deepEqual(kinds(from), [
      'outcome unknown',
      'outcome ok',
      'outcome unknown',
      'session_closed',
    ]);
  });

  test('hooks: what the person at the machine refused never left', async () => {
    const body = use('ten', 'c1', 'Bash', { command: 'ls' });
    await hook('PreToolUse', body);
    const from = scene.entries().length;
    await hook('PermissionDenied', body);
    assert.deepEqual(kinds(from), ['outcome not_sent']);
  });

  test('hooks: a conversation that was going on begins as one that has read', async () => {
    const from = scene.entries().length;
    await hook('SessionStart', { session_id: 'eleven', source: 'resume' });
    assert.deepEqual(kinds(from), ['session_opened', 'message']);
    await hook('SessionStart', { session_id: 'twelve', source: 'startup' });
    await hook('SessionStart', { session_id: 'twelve', source: 'compact' });
    assert.deepEqual(kinds(from), ['session_opened', 'message', 'session_opened']);
  });

  test('hooks: what the gateway decides is left to it, and a clash is refused', async () => {
    const body = use('thirteen', 'c1', 'mcp__fs__read', { path: 'a' });
    const from = scene.entries().length;
    assert.deepEqual(await hook('PreToolUse', body, { gateways: ['fs'] }), PASSED);
    assert.deepEqual(await hook('PostToolUse', body, { gateways: ['fs'] }), PASSED);
    assert.deepEqual(await hook('PreToolUse', body, { gateways: ['*'] }), PASSED);
    assert.deepEqual(kinds(from), []);
    assert.deepEqual(await hook('PreToolUse', body), PASSED);
    assert.equal(kinds(from).at(-1), 'decided');
    const posing = use('thirteen', 'c2', 'mcp__claude__Bash', { command: 'ls' });
    assert.match(sayOf(await hook('PreToolUse', posing)), /cannot be told from/);
  });

  test('hooks: after a restart the end of a call is told by its id', async () => {
    verifies('evidence.complete');
    const own = await guardScene({ pact: PACT });
    const first = hooksOf(own);
    const body = use('s', 'c1', 'Read', { file_path: 'a' });
    await first.hook('SessionStart', { session_id: 's', source: 'startup' });
    await first.hook('PreToolUse', body);
    const later = await own.restart();
    const from = later.entries().length;
    const second = hooksOf(later);
    const said = await second.hook('PostToolUse', { ...body, tool_response: 'hello' });
    assert.deepEqual(said, PASSED);
    const added = later.entries().slice(from);
    assert.deepEqual(
      added.map(({ kind }) => kind),
      ['outcome'],
    );
  });

  test('hooks: a halted agent is told so by the next hook, whichever it is', async () => {
    verifies('human.halt');
    const own = await guardScene({ pact: PACT });
    const { hook: ask } = hooksOf(own);
    const body = use('s', 'c1', 'Read', { file_path: 'a' });
    await ask('PreToolUse', body);
    valueOf(await own.guard.halt(HALT));
    const after = await ask('PostToolUse', { ...body, tool_response: 'hello' });
    const prompt = await ask('UserPromptSubmit', { session_id: 's', prompt: 'go on' });
    const next = await ask('PreToolUse', use('s', 'c2', 'Read', { file_path: 'b' }));
    for (const said of [after, prompt, next]) {
      assert.equal(said.kind === 'json' && said.value['continue'], false, JSON.stringify(said));
    }
    // Whoever is halted may stop.
    assert.deepEqual(await ask('Stop', { session_id: 's' }), PASSED);
  });

  test('hooks: an event that cannot be read is not answered', async () => {
    const odd = await hook('PreToolUse', { session_id: 's' });
    assert.equal(odd.kind, 'unreadable');
    const posing = await hook('Stop', { session_id: 's', hook_event_name: 'PreToolUse' });
    assert.equal(posing.kind, 'unreadable');
  });
});

const HALT = {
  agent: 'support',
  scope: 'agent',
  target: '',
  by: 'local',
  reason: 'enough',
} as const;
