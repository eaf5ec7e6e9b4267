import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { GovernedFiles } from './governed-files.ts';
import { type FileFormat, readConfigFile } from './read-file.ts';
import { readServers } from './read-servers.ts';
import { edited, unwrapEdits, wrapEdits } from './rewire.ts';
import { carryOut, planGoverning, planUndoing, type RewiredFile } from './rewire-file.ts';

const WRAPPER = ['plumb', 'mcp', '--agent', 'a', '--prefix', 'fs.', '--'];

function folderIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-rewire-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function fileIn(path: string, format: FileFormat, servers: string): RewiredFile {
  const read = readConfigFile(path, format);
  assert(read !== null && !('why' in read), JSON.stringify(read));
  const file = { base: 'home', path: '', format, servers: [servers] } as const;
  const found = readServers({ client: 'c', file, read, project: null });
  assert.deepEqual(found.troubles, []);
  return { path, client: 'c', format, text: read.text, servers: found.servers };
}

function written(
  folder: string,
  text: string,
  [format, servers]: readonly [FileFormat, string],
): RewiredFile {
  const path = join(folder, 'config');
  writeFileSync(path, text);
  return fileIn(path, format, servers);
}

const JSONC = ['json', 'mcpServers'] as const;
const TOML = ['toml', 'mcp_servers'] as const;
const YAML = ['yaml', 'mcpServers'] as const;

function wrapped(of: RewiredFile): string {
  const edits = of.servers.flatMap((server) => {
    const planned = wrapEdits(of, server, WRAPPER);
    assert(planned.ok, planned.ok ? '' : planned.why);
    return planned.edits;
  });
  return edited(of.text, edits);
}

test('rewire: the gateway stands before the command, and every other byte stays', (t) => {
  const folder = folderIn(t);
  const rows = [
    [
      '{ // mine\n\t"mcpServers": {"fs": {"command": "npx", "args": ["-y", "x"], ' +
        '"env": {"A": "b"},},}\n}',
      JSONC,
      '{ // mine\n\t"mcpServers": {"fs": {"command": "plumb", "args": ["mcp", "--agent", "a", ' +
        '"--prefix", "fs.", "--", "npx", "-y", "x"], "env": {"A": "b"},},}\n}',
    ],
    [
      '{"mcpServers": {"fs": {\r\n  "command": "server"\r\n}}}',
      JSONC,
      '{"mcpServers": {"fs": {\r\n  "command": "plumb",\r\n  "args": ["mcp", "--agent", "a", ' +
        '"--prefix", "fs.", "--", "server"]\r\n}}}',
    ],
    [
      '[mcp_servers.fs] # it\ncommand = \'npx\' # c\nargs = [\n  "-y",\n]\n',
      TOML,
      '[mcp_servers.fs] # it\ncommand = "plumb" # c\nargs = [\n  "mcp",\n  "--agent",\n' +
        '  "a",\n  "--prefix",\n  "fs.",\n  "--",\n  "npx",\n  "-y",\n]\n',
    ],
    [
      'mcpServers:\n  - name: fs\n    command: npx\n    args:\n      - -y\n      - "x" # last\n',
      YAML,
      'mcpServers:\n  - name: fs\n    command: "plumb"\n    args:\n      - "mcp"\n' +
        '      - "--agent"\n      - "a"\n      - "--prefix"\n      - "fs."\n      - "--"\n' +
        '      - "npx"\n      - -y\n      - "x" # last\n',
    ],
  ] as const;
  for (const [text, kind, expected] of rows) {
    assert.equal(wrapped(written(folder, text, kind)), expected);
  }
});

test('rewire: a command in a list of words gets the gateway before its first word', (t) => {
  const text = '{"mcp": {"fs": {"type": "local", "command": ["npx", "x"]}}}';
  const file = written(folderIn(t), text, ['json', 'mcp']);
  assert.equal(
    wrapped(file),
    '{"mcp": {"fs": {"type": "local", "command": ["plumb", "mcp", "--agent", "a", ' +
      '"--prefix", "fs.", "--", "npx", "x"]}}}',
  );
});

test('rewire: what cannot be edited without guessing is left, with the reason', (t) => {
  const folder = folderIn(t);
  const dotted = written(folder, 'mcp_servers.fs.command = "x"\n', TOML);
  const [server] = dotted.servers;
  assert(server !== undefined);
  assert.deepEqual(wrapEdits(dotted, server, WRAPPER), {
    ok: false,
    why: 'has a dotted name: write it as a table, or wrap it by hand',
  });
});

test('rewire: governing and undoing gives back every byte, and the mode', (t) => {
  verifies('fleet.inventory');
  const folder = folderIn(t);
  const governed = new GovernedFiles(folder);
  const text =
    '\uFEFF{\n  /* two */ "mcpServers" : {"a":{"command":"x"} ,' +
    '"b": {"command": "y","args":[ ]}},\n}\n\n';
  const file = written(folder, text, JSONC);
  const link = join(folder, 'link');
  symlinkSync(file.path, link);
  const of = { ...file, path: link };
  const wrappings = of.servers.map((server) => ({ server, agent: 'a', wrapper: WRAPPER }));
  carryOut(planGoverning(of, wrappings, { governed, nowMs: 1 }), governed);
  assert.notEqual(readFileSync(file.path, 'utf8'), text);
  const again = fileIn(link, 'json', 'mcpServers');
  const plan = planUndoing(again, again.servers, governed);
  assert.equal(plan.isExact, true);
  carryOut(plan, governed);
  assert.equal(readFileSync(file.path, 'utf8'), text);
  assert.equal(statSync(file.path).mode & 0o777, 0o644);
  assert.deepEqual(governed.list(), { files: [], unreadable: [] });
});

test('rewire: of a server that stands twice the last one, which counts, is governed', (t) => {
  const text = '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y", "args": []}}}';
  const file = written(folderIn(t), text, JSONC);
  assert.equal(file.servers.length, 1);
  assert.equal(
    wrapped(file),
    '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "plumb", ' +
      '"args": ["mcp", "--agent", "a", "--prefix", "fs.", "--", "y"]}}}',
  );
});

test('rewire: edits at one place are a fault, and change nothing', () => {
  const edit = { offset: 1, length: 0, text: 'x' };
  assert.throws(() => edited('abc', [edit, edit]), /edits overlap at 1/);
  assert.throws(
    () =>
      edited('abc', [
        { ...edit, length: 2 },
        { ...edit, offset: 2 },
      ]),
    /overlap/,
  );
  assert.equal(edited('abc', [edit, { ...edit, offset: 2 }]), 'axbxc');
});

test('rewire: in a file that changed meanwhile only our edits are undone', (t) => {
  const folder = folderIn(t);
  const governed = new GovernedFiles(folder);
  const file = written(folder, "[mcp_servers.a]\ncommand = 'x'\n", TOML);
  const wrappings = file.servers.map((server) => ({ server, agent: 'a', wrapper: WRAPPER }));
  carryOut(planGoverning(file, wrappings, { governed, nowMs: 1 }), governed);
  const changed = `# added\n${readFileSync(file.path, 'utf8')}\n[mcp_servers.b]\ncommand = "z"\n`;
  writeFileSync(file.path, changed);
  const again = fileIn(file.path, 'toml', 'mcp_servers');
  const ours = again.servers.filter(({ name }) => name === 'a');
  carryOut(planUndoing(again, ours, governed), governed);
  assert.equal(
    readFileSync(file.path, 'utf8'),
    '# added\n[mcp_servers.a]\ncommand = \'x\'\n\n[mcp_servers.b]\ncommand = "z"\n',
  );
});

test('rewire: a file that changes between reading and writing is left alone', (t) => {
  const folder = folderIn(t);
  const governed = new GovernedFiles(folder);
  const file = written(folder, '{"mcpServers": {"a": {"command": "x"}}}', JSONC);
  const wrappings = file.servers.map((server) => ({ server, agent: 'a', wrapper: WRAPPER }));
  const plan = planGoverning(file, wrappings, { governed, nowMs: 1 });
  writeFileSync(file.path, '{}');
  assert.throws(() => carryOut(plan, governed), /changed while it was looked at/);
  assert.equal(readFileSync(file.path, 'utf8'), '{}');
});

test('rewire: YAML and TOML come back as they were, in every way they are written', (t) => {
  const folder = folderIn(t);
  const rows: readonly (readonly [string, FileFormat, string])[] = [
    ['mcpServers:\n- name: a\n  command: npx\n  args:\n  - -y\n  - x\n', ...YAML],
    ['mcpServers:\n  - name: a\n    command: npx # c\n', ...YAML],
    ['mcpServers:\n  - command: srv\n    name: a\n', ...YAML],
    ['extensions:\n  a:\n    cmd: npx\n    args: [-y, x]\n', 'yaml', 'extensions'],
    ['extensions:\n  a: {cmd: npx, type: stdio}\n', 'yaml', 'extensions'],
    ['[mcp_servers]\na = { command = "npx", args = ["-y"] } # x\nb = {command=\'y\'}\n', ...TOML],
    ['[mcp_servers.a]\n  command = "srv" # c\n  [mcp_servers.a.env]\n  X = "1"\n', ...TOML],
    ['[mcp_servers."a b"]\ncommand = """srv"""\nargs = [ # none\n]\n', ...TOML],
    ['{"context_servers":{"a":{"command":{"path":"y","args":["z"]}}}}', 'json', 'context_servers'],
    ['{"mcpServers":[{"transport":{"type":"stdio","command":"y","args":[]}}]}', ...JSONC],
  ];
  for (const [text, format, servers] of rows) {
    const file = written(folder, text, [format, servers]);
    const governed = new GovernedFiles(folder);
    const wrappings = file.servers.map((server) => ({ server, agent: 'a', wrapper: WRAPPER }));
    carryOut(planGoverning(file, wrappings, { governed, nowMs: 1 }), governed);
    // A line more, so that our edits are undone and not the copy put back.
    const changed = `${readFileSync(file.path, 'utf8')}\n`;
    writeFileSync(file.path, changed);
    const again = fileIn(file.path, format, servers);
    assert(again.servers.every(({ reach }) => reach.kind === 'stdio' && reach.wrapped !== null));
    carryOut(planUndoing(again, again.servers, governed), governed);
    assert.equal(readFileSync(file.path, 'utf8'), `${text}\n`);
  }
});

// Odd but right layouts: blanks, comments, trailing commas, and words that need quotes.
const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t', ' /* c */ ', '\n// c, ]}\n');
const word = fc.oneof(
  fc.constantFrom('-y', '--', 'mcp', 'a b', '', 'é"\\', '[x', '}'),
  fc.string(),
);

test('rewire: wrapping and unwrapping are inverse, however the file is laid out', (t) => {
  const folder = folderIn(t);
  const layouts = fc.record({
    command: fc.string({ minLength: 1 }),
    args: fc.option(fc.array(word, { maxLength: 4 }), { nil: null }),
    gaps: fc.array(blank, { minLength: 12, maxLength: 12 }),
    isTrailing: fc.boolean(),
  });
  fc.assert(
    fc.property(layouts, ({ command, args, gaps, isTrailing }) => {
      const [a, b, c, d, e, f, g, h, i, j, k, l] = gaps;
      const comma = isTrailing ? ',' : '';
      const list = (args ?? []).map((each) => `${e}${JSON.stringify(each)}${f}`).join(',');
      const member =
        args === null ? '' : `,${g}"args"${h}:[${list}${args.length > 0 ? comma : ''}${i}]`;
      const first = `${c}"command"${d}:${j}${JSON.stringify(command)}${k}`;
      const text = `${a}{${b}"mcpServers":{"s":{${first}${member}${comma}}}${l}}`;
      const file = written(folder, text, JSONC);
      const [server] = file.servers;
      assert(server?.reach.kind === 'stdio' && server.reach.wrapped === null);
      const path = join(folder, 'wrapped');
      writeFileSync(path, wrapped(file));
      const after = fileIn(path, 'json', 'mcpServers');
      const [governed] = after.servers;
      assert(governed?.reach.kind === 'stdio');
      assert.deepEqual(governed.reach.wrapped?.inner, server.reach.words);
      const undone = unwrapEdits(after, governed, {
        command: JSON.stringify(command),
        hadWords: args !== null,
      });
      assert(undone.ok);
      assert.equal(edited(after.text, undone.edits), text);
    }),
    { numRuns: 60 },
  );
});
