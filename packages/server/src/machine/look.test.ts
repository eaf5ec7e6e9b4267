import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { lookAround, type Machine } from './look.ts';
import { shownServer } from './shown-server.ts';
import type { Surroundings } from './surroundings.ts';

function machineWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = 'linux',
): { readonly machine: Machine; readonly home: string } {
  const home = mkdtempSync(join(tmpdir(), 'plumb-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const whole = join(home, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text.replaceAll('HOME', home));
  }
  const surroundings: Surroundings = {
    platform,
    home,
    root: join(home, 'system'),
    environment: {},
  };
  return { machine: lookAround(surroundings, [join(home, 'shop')]), home };
}

/** What was found, in one line each. */
function linesOf({ machine, home }: ReturnType<typeof machineWith>): readonly string[] {
  return machine.servers.map((server) => {
    const { client, place, reach, command, url } = shownServer(server, NOTHING);
    const where = place.replace(home, '~');
    const how = command === null ? url : command.join(' ');
    return [client, where, server.name, reach, how].join(' | ');
  });
}

const NOTHING = { origins: [], hooks: [] };
const STDIO = '{"command":"npx","args":["-y","srv"]}';
const of = (key: string, name = 'fs', server = STDIO): string => `{"${key}":{"${name}":${server}}}`;
const LOCAL = of('mcpServers', 'l');

test("inventory: every client's files are found where its documentation puts them", (t) => {
  verifies('fleet.inventory');
  const found = machineWith(t, {
    'shop/x': '',
    '.claude.json': `{"mcpServers":{"u":${STDIO}},"projects":{"HOME/other":${LOCAL}}}`,
    'other/.mcp.json': of('mcpServers', 'p'),
    'shop/.mcp.json': of(
      'mcpServers',
      'w',
      '{"type":"http","url":"https://u:p@h.example/mcp?k=v"}',
    ),
    '.claude/plugins/cache/m/pl/1.0/.mcp.json': `{"pl":${STDIO}}`,
    'system/etc/claude-code/managed-mcp.json': of('mcpServers', 'm'),
    '.config/Claude/claude_desktop_config.json': of('mcpServers'),
    '.cursor/mcp.json': of('mcpServers'),
    '.config/Code/User/mcp.json': `{ // mine\n"servers":{"fs":${STDIO},},}`,
    'shop/.vscode/mcp.json': of('servers'),
    '.gemini/settings.json': of('mcpServers', 'g', '{"httpUrl":"http://127.0.0.1:1/mcp"}'),
    '.codex/config.toml':
      '[mcp_servers.c]\ncommand = "srv"\n[projects."HOME/third"]\ntrust_level = "trusted"\n',
    'third/.cursor/mcp.json': of('mcpServers', 't'),
    '.codeium/windsurf/mcp_config.json': of('mcpServers'),
    '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json':
      of('mcpServers'),
    '.continue/config.yaml': 'mcpServers:\n  - name: y\n    command: srv\n    args: [-a]\n',
    '.config/zed/settings.json': of('context_servers', 'z', `{"source":"custom","command":"srv"}`),
    '.config/opencode/opencode.json': of('mcp', 'o', '{"type":"local","command":["srv","-a"]}'),
    '.config/goose/config.yaml':
      'extensions:\n  d: { type: builtin }\n  s: { cmd: srv, type: stdio }\n',
    '.copilot/mcp-config.json': of('mcpServers'),
    '.aws/amazonq/mcp.json': of('mcpServers'),
  });
  assert.deepEqual(found.machine.troubles, []);
  assert.deepEqual(linesOf(found), [
    'claude-code | ~/.claude.json:1 | u | stdio | npx -y srv',
    'claude-code | ~/.claude.json:1 | l | stdio | npx -y srv',
    'claude-code | ~/.claude/plugins/cache/m/pl/1.0/.mcp.json:1 | pl | stdio | npx -y srv',
    'claude-code | ~/system/etc/claude-code/managed-mcp.json:1 | m | stdio | npx -y srv',
    'claude-desktop | ~/.config/Claude/claude_desktop_config.json:1 | fs | stdio | npx -y srv',
    'cursor | ~/.cursor/mcp.json:1 | fs | stdio | npx -y srv',
    'vscode | ~/.config/Code/User/mcp.json:2 | fs | stdio | npx -y srv',
    'gemini-cli | ~/.gemini/settings.json:1 | g | http | http://127.0.0.1:1/mcp',
    'codex | ~/.codex/config.toml:1 | c | stdio | srv',
    'windsurf | ~/.codeium/windsurf/mcp_config.json:1 | fs | stdio | npx -y srv',
    'cline | ~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/' +
      'cline_mcp_settings.json:1 | fs | stdio | npx -y srv',
    'continue | ~/.continue/config.yaml:2 | y | stdio | srv -a',
    'zed | ~/.config/zed/settings.json:1 | z | stdio | srv',
    'opencode | ~/.config/opencode/opencode.json:1 | o | stdio | srv -a',
    'goose | ~/.config/goose/config.yaml:2 | d | other | ',
    'goose | ~/.config/goose/config.yaml:3 | s | stdio | srv',
    'copilot-cli | ~/.copilot/mcp-config.json:1 | fs | stdio | npx -y srv',
    'amazon-q | ~/.aws/amazonq/mcp.json:1 | fs | stdio | npx -y srv',
    'claude-code | ~/shop/.mcp.json:1 | w | http | https://…@h.example/mcp?…',
    'vscode | ~/shop/.vscode/mcp.json:1 | fs | stdio | npx -y srv',
    'claude-code | ~/other/.mcp.json:1 | p | stdio | npx -y srv',
    'cursor | ~/third/.cursor/mcp.json:1 | t | stdio | npx -y srv',
  ]);
  const local = found.machine.servers.find(({ name }) => name === 'l');
  assert.equal(local?.project, join(found.home, 'other'));
});

test('inventory: other platforms keep their files elsewhere', (t) => {
  const desktop = 'Claude/claude_desktop_config.json';
  const mac = machineWith(
    t,
    { 'shop/x': '', [`Library/Application Support/${desktop}`]: of('mcpServers') },
    'darwin',
  );
  assert.deepEqual(
    mac.machine.servers.map(({ client, name }) => [client, name]),
    [['claude-desktop', 'fs']],
  );
});

test('inventory: what cannot be read or used is named with its place, and ends nothing', (t) => {
  const { machine, home } = machineWith(t, {
    'shop/.mcp.json':
      '{"mcpServers": {\n  "a": {"command": ["x", {}]},\n  "b": 3,\n' +
      ' "c": {}, "d": {"command":"x"}}}',
    '.cursor/mcp.json': '{\n  "mcpServers": {,}',
    '.codex/config.toml': 'a = \n',
    '.continue/config.yaml': 'a: [1\n',
    '.kiro/settings/mcp.json/x': '',
    '.junie/mcp/mcp.json': '',
  });
  assert.deepEqual(
    machine.troubles.map(({ place, why }) => `${place.replace(home, '~')}: ${why}`),
    [
      '~/.cursor/mcp.json:2: is no JSON (value expected); mend it, then look again',
      '~/.codex/config.toml:2: is no TOML (unspecified values are invalid); ' +
        'mend it, then look again',
      '~/.continue/config.yaml:2: is no YAML (flow sequence in block collection must be ' +
        'sufficiently indented and end with a ]); mend it, then look again',
      '~/.kiro/settings/mcp.json: is a folder where a file was expected',
      '~/shop/.mcp.json:2: server `a` has a command that is no list of words',
      '~/shop/.mcp.json:3: server `b` is no object: nobody can start it',
      '~/shop/.mcp.json:4: server `c` has neither a command nor an address: nobody can reach it',
    ],
  );
  assert.deepEqual(
    machine.servers.map(({ name }) => name),
    ['d'],
  );
});

test('inventory: what never ends is not read, and is named', { timeout: 10_000 }, (t) => {
  const home = mkdtempSync(join(tmpdir(), 'plumb-home-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, 'shop/.cursor'), { recursive: true });
  execFileSync('mkfifo', [join(home, 'shop/.mcp.json')]);
  symlinkSync('/dev/zero', join(home, 'shop/.cursor/mcp.json'));
  const surroundings: Surroundings = { platform: 'linux', home, root: home, environment: {} };
  const { troubles } = lookAround(surroundings, [join(home, 'shop')]);
  assert.deepEqual(
    troubles.map(({ place, why }) => `${place.replace(home, '~')} ${why}`).toSorted(),
    [
      '~/shop/.cursor/mcp.json is a pipe or a device and was not read',
      '~/shop/.mcp.json is a pipe or a device and was not read',
    ],
  );
});

test('inventory: secrets of a configuration are never among what is shown', (t) => {
  const server =
    '{"command":"npx","args":["srv","--api-key","k1","--token=k2","-e","DB_PASSWORD=k3",' +
    '"sk-live-k4AAAAAAAAAAAAAAAA","postgres://me:k5@h/db","--header","Authorization: Bearer k6",' +
    '"https://h.example/s?key=k7","ghp_k8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],"env":{"K":"k9"}}';
  const { machine } = machineWith(t, { 'shop/.mcp.json': of('mcpServers', 'fs', server) });
  const [found] = machine.servers;
  assert(found !== undefined);
  const shown = shownServer(found, NOTHING);
  assert.deepEqual(shown.command, [
    'npx',
    'srv',
    '--api-key',
    '…',
    '--token=…',
    '-e',
    'DB_PASSWORD=…',
    '…',
    'postgres://…@h/db',
    '--header',
    'Authorization: …',
    'https://h.example/s?…',
    '…',
  ]);
  assert.deepEqual(shown.environment, ['K']);
  assert.doesNotMatch(JSON.stringify(shown), /k\d/);
});

test('inventory: a server behind the gateway is known by its command line', (t) => {
  const rows: readonly (readonly [readonly string[], string | null])[] = [
    [['plumb', 'mcp', '--agent', 'desk', '--', 'srv'], 'desk'],
    [['/usr/bin/plumb', 'mcp', '--agent=desk', '--', 'srv'], 'desk'],
    [['npm', 'run', '-s', 'plumb', '--', 'mcp', '--agent', 'desk', '--', 'srv'], 'desk'],
    [['node', '/x/bin/plumb.mjs', 'mcp', '--agent', 'desk', '--', 'srv'], 'desk'],
    [['plumb', 'mcp', '--agent', 'desk', '--'], null],
    [['srv', 'mcp', '--', 'plumb'], null],
    [['plumb', 'status', 'mcp', '--', 'srv'], null],
  ];
  const files = rows.map(([words], at) => {
    const [command, ...args] = words;
    return [`s${at}`, { command, args }];
  });
  const text = JSON.stringify({ mcpServers: Object.fromEntries(files) });
  const { machine } = machineWith(t, { 'shop/.mcp.json': text });
  assert.deepEqual(
    machine.servers.map((server) => shownServer(server, NOTHING).governed?.agent ?? null),
    rows.map(([, agent]) => agent),
  );
});

type Told = { readonly matcher?: string; readonly off?: true; readonly event?: string };

function hook(command: string, { matcher = '*', off, event = 'PreToolUse' }: Told = {}): string {
  const group = { matcher, hooks: [{ type: 'command', command }] };
  return JSON.stringify({ hooks: { [event]: [group] }, ...(off && { disableAllHooks: true }) });
}

const OURS =
  "'/d/plumb-hook' 'claude-code' 'PreToolUse' 'desk' 'principal=a&gateways=g' '60' || exit 2";

test('inventory: hooks are found, and told apart from those of others', (t) => {
  const { machine, home } = machineWith(t, {
    'shop/.claude/settings.json': hook('echo plumb-hook'),
    '.claude/settings.json': hook(OURS),
    '.gemini/settings.json': '{"hooks":{}}',
  });
  assert.deepEqual(
    machine.hooks.map(({ client, path, agent }) => [client, path.replace(home, '~'), agent]),
    [
      ['claude-code', '~/.claude/settings.json', 'desk'],
      ['claude-code', '~/shop/.claude/settings.json', null],
    ],
  );
  assert.deepEqual(
    machine.clients.map(({ id }) => id),
    ['claude-code', 'gemini-cli'],
  );
});

test('inventory: a hook governs the servers of its client, but those it leaves out', (t) => {
  const servers = `{"mcpServers":{"fs":${STDIO},"g":${STDIO}}}`;
  const twice = (): readonly (readonly [string, boolean])[] => {
    const wrapped = '{"command":"plumb","args":["mcp","--agent","a","--","srv"]}';
    const { machine } = machineWith(t, {
      '.claude.json': servers.replaceAll(STDIO, wrapped),
      '.claude/settings.json': hook(OURS),
    });
    const governors = { origins: [], hooks: machine.hooks };
    return machine.servers.map((each) => [each.name, shownServer(each, governors).isDecidedTwice]);
  };
  const governed = (settings: string): readonly (string | null)[] => {
    const { machine } = machineWith(t, {
      '.claude.json': servers,
      '.claude/settings.json': settings,
    });
    const governors = { origins: [], hooks: machine.hooks };
    return machine.servers.map((server) => shownServer(server, governors).governed?.how ?? null);
  };
  assert.deepEqual(governed(hook(OURS)), ['hook', null]);
  assert.deepEqual(twice(), [
    ['fs', true],
    ['g', false],
  ]);
  assert.deepEqual(governed(hook(OURS, { matcher: 'Bash' })), [null, null]);
  assert.deepEqual(governed(hook(OURS, { event: 'PostToolUse' })), [null, null]);
  assert.deepEqual(governed(hook(OURS, { off: true })), [null, null]);
  assert.deepEqual(governed(hook(OURS).replace("'desk'", '')), [null, null]);
});

test('inventory: whatever a file holds, looking ends and shows no secret', (t) => {
  const secret = 'sk-live-0123456789abcdef';
  const leaf = fc.oneof(fc.jsonValue(), fc.constant(secret), fc.string());
  const server = fc.dictionary(
    fc.constantFrom('command', 'args', 'url', 'env', 'headers', 'type', 'disabled', 'transport'),
    fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(fc.string(), leaf)),
  );
  const held = fc.oneof(leaf, server, fc.array(server), fc.dictionary(fc.string(), server));
  fc.assert(
    fc.property(held, fc.string(), (servers, junk) => {
      const { machine } = machineWith(t, {
        'shop/.mcp.json': JSON.stringify({ mcpServers: servers, hooks: servers }),
        '.cursor/mcp.json': junk,
        '.codex/config.toml': junk,
        '.continue/config.yaml': junk,
      });
      const shown = machine.servers.map((each) => shownServer(each, NOTHING));
      const commands = shown.map(({ command, url }) => [command?.slice(1), url]);
      assert(!JSON.stringify([commands, machine.troubles]).includes(secret));
    }),
    { numRuns: 15 },
  );
});

test('inventory: a file that somebody names is read as those that were found', (t) => {
  const { home } = machineWith(t, { 'mine.yaml': 'mcpServers:\n  x:\n    command: srv\n' });
  const surroundings = { platform: 'linux', home, root: home, environment: {} } as const;
  const named = [join(home, 'mine.yaml'), join(home, 'none.json'), join(home, 'mine.txt')];
  const machine = lookAround(surroundings, [home], named);
  assert.deepEqual(
    machine.servers.map(({ client, name }) => [client, name]),
    [['file', 'x']],
  );
});
