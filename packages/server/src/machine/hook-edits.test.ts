import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { blindnessOf } from './read-hooks.ts';
import { HOOK_CLIENTS, type HookClient } from './hook-clients.ts';
import { hookCommand, readHookCommand } from './hook-command.ts';
import { faultOfHooks, hooksIn, withHooks, withoutHooks } from './hook-edits.ts';

const ATTESTED = {
  agent: 'coder',
  principal: "o'neil@example.com",
  task: 'fix & test',
  prefix: null,
  gateways: ['fs', 'wiki'],
  waitSeconds: 45,
};
const HOOK = { script: "/home/it's/plumb-hook", attested: ATTESTED };

const FILES = [
  '',
  '{}',
  '{\n}\n',
  '{"model":"opus"}',
  '{\n  "model": "opus",\n  "permissions": { "allow": ["Read"] }\n}\n',
  '{\n\t"hooks": {},\n\t"model": "opus"\n}\n',
  '{\r\n    "hooks": {\r\n        "Stop": [{ "hooks": [{ "command": "x" }] }]\r\n    }\r\n}',
  '{\n  // mine\n  "hooks": { /* why */ "PreToolUse": [{ "command": "echo" }, /* last */ ], },\n}',
];

function client(id: string): HookClient {
  const found = HOOK_CLIENTS.find((each) => each.id === id);
  assert.ok(found !== undefined);
  return found;
}

test('hook files: what was there stays, twice is once, and removing puts it back', () => {
  verifies('enforce.every-path');
  for (const each of HOOK_CLIENTS) {
    for (const text of FILES) {
      const put = withHooks(text, each, HOOK);
      assert.equal(hooksIn(put).length, each.events.length, `${each.id}: ${text}`);
      assert.equal(withHooks(put, each, HOOK), put);
      assert.equal(faultOfHooks(put), null);
      const other = withHooks(put, each, { ...HOOK, attested: { ...ATTESTED, agent: 'other' } });
      assert.deepEqual(
        [...new Set(hooksIn(other).map(({ attested }) => attested.agent))],
        ['other'],
      );
      const back = withoutHooks(other);
      assert.deepEqual(hooksIn(back), []);
      const isMore = Object.keys(each.members).length > 0 || text.trim() === '';
      if (!isMore && text.includes('"hooks"')) assert.ok(isSame(back, text), back);
      else if (!isMore) assert.deepEqual(JSON.parse(back), JSON.parse(text));
    }
  }
});

// An empty `hooks` goes with the last hook.
function isSame(back: string, text: string): boolean {
  return back === text || text.includes('"hooks": {}');
}

test('hook files: strict JSON stays strict JSON', () => {
  for (const each of HOOK_CLIENTS) {
    for (const text of FILES.slice(1, -1)) JSON.parse(withHooks(text, each, HOOK));
  }
});

test('hook files: what is no list of hooks is said with its place, and not overwritten', () => {
  assert.equal(faultOfHooks('{\n  "a": }'), 'line 2: is no JSON (ValueExpected); mend it first');
  assert.equal(faultOfHooks('[]'), 'is no JSON object; mend it first');
  assert.equal(faultOfHooks('{"hooks":[]}'), '`hooks` is no object; mend it first');
  assert.equal(faultOfHooks('{"hooks":{"Stop":1}}'), '`hooks.Stop` is no list; mend it first');
  assert.equal(faultOfHooks('{ "a": 1, }'), null);
});

test('hook files: what goes over HTTP holds no key and blocks when it fails', () => {
  const put = withHooks('', client('claude-code'), { ...HOOK, origin: 'http://127.0.0.1:7411' });
  const [before] = JSON.parse(put).hooks.PreToolUse[0].hooks;
  assert.deepEqual(before, {
    type: 'http',
    url:
      'http://127.0.0.1:7411/api/v1/agents/coder/hooks/claude-code/PreToolUse?' +
      'principal=o%27neil%40example.com&task=fix%20%26%20test&gateways=fs%2Cwiki&wait=45',
    timeout: 60,
    headers: { Authorization: 'Bearer $PLUMBLINE_HOOK_KEY' },
    allowedEnvVars: ['PLUMBLINE_HOOK_KEY'],
    onFailure: 'block',
  });
  const forms = hooksIn(put).map(({ form, event }) => `${event} ${form}`);
  assert.equal(forms.length, 9);
  assert.ok(forms.includes('SessionStart command') && forms.includes('PostToolUse http'));
  assert.deepEqual(hooksIn(withoutHooks(put)), []);
});

test('hook files: of a group that somebody else shares ours goes, and theirs stays', () => {
  const put = withHooks('', client('claude-code'), HOOK);
  const [hook] = JSON.parse(put).hooks.Stop[0].hooks;
  const shared = JSON.stringify({ hooks: { Stop: [{ hooks: [hook, { command: 'mine' }] }] } });
  assert.equal(withoutHooks(shared), '{"hooks":{"Stop":[{"hooks":[{"command":"mine"}]}]}}');
  const other = withHooks(shared, client('claude-code'), HOOK);
  assert.equal(hooksIn(other).length, 9);
});

test('hook commands: what was attested is read back, whatever stands in it', () => {
  const command = hookCommand({
    ...HOOK,
    client: 'claude-code',
    event: 'PreToolUse',
    seconds: 55,
  });
  assert.equal(
    command,
    `'/home/it'\\''s/plumb-hook' 'claude-code' 'PreToolUse' 'coder' ` +
      `'principal=o%27neil%40example.com&task=fix%20%26%20test&gateways=fs%2Cwiki&wait=45' ` +
      `'55' || exit 2`,
  );
  assert.deepEqual(readHookCommand(command), {
    form: 'command',
    place: "/home/it's/plumb-hook",
    client: 'claude-code',
    event: 'PreToolUse',
    attested: ATTESTED,
  });
  for (const other of ['echo hi', `'/x/plumb-hook' 'a'`, `${command}; rm -r /`]) {
    assert.equal(readHookCommand(other), null);
  }
});

test('hook files: what keeps our hooks from seeing a call is found', () => {
  const put = withHooks('', client('claude-code'), HOOK);
  assert.equal(blindnessOf(put), null);
  assert.equal(blindnessOf(''), null);
  assert.equal(blindnessOf(put.replace('{', '{"disableAllHooks":true,')), 'off');
  const part = put.replace('"PreToolUse": [\n      {', '"PreToolUse": [{"matcher":"Bash",');
  assert.equal(blindnessOf(part), 'some');
});
