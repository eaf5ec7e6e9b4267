import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type House, type Manifest, parseManifest, parseRequirementIds } from './house.ts';
import { wordsOf } from './rules/names.ts';
import { parseSource } from './source-file.ts';
import { renderCoverage, renderProblem, renderSummary, tidy } from './tidy.ts';

const manifests: ReadonlyMap<string, Manifest> = new Map([
  ['', parseManifest('{"name":"house","devDependencies":{"prettier":"1.0.0"}}')],
  ['packages/core', parseManifest('{"name":"core","dependencies":{"yaml":"1.0.0"}}')],
  [
    'packages/cli',
    parseManifest(
      '{"name":"cli","dependencies":{"@plumbline/core":"0.0.0"},' +
        '"devDependencies":{"@plumbline/testkit":"0.0.0"}}',
    ),
  ],
]);

function makeHouse(sources: Readonly<Record<string, string>>): House {
  return {
    files: Object.entries(sources).map(([path, text]) => parseSource(path, text)),
    documents: [],
    manifests,
    requirementIds: new Set(['human.halt']),
    lockfile: '{}',
  };
}

function problemsOf(sources: Readonly<Record<string, string>>): readonly string[] {
  return tidy(makeHouse(sources)).map(renderProblem);
}

const core = 'packages/core/src/pact.ts';
const cli = 'packages/cli/src/pact.ts';

// Every rule with a sample that breaks it, and exactly what the person is told.
const broken: readonly (readonly [path: string, text: string, told: string])[] = [
  [
    cli,
    'const long = 1;\n'.repeat(401),
    '401:1: file of 401 lines, the wall is 400: split it by meaning',
  ],
  [
    cli,
    `function walk(): void {\n${'  step();\n'.repeat(69)}}\n`,
    '1:1: function of 71 lines, the wall is 70: split it by meaning',
  ],
  [
    cli,
    'function add(a: 1, b: 1, c: 1, d: 1): void {}\n',
    '1:1: 4 positional parameters, the wall is 3: take an object',
  ],
  [cli, `// ${'x'.repeat(98)}\n`, '1:101: line of 101 columns, the wall is 100'],
  [
    'packages/cli/src/PactFile.ts',
    'export const pact = 1;\n',
    '1:1: file name `PactFile.ts` is not kebab-case',
  ],
  [
    'packages/cli/src/pact-utils.ts',
    'export const pact = 1;\n',
    '1:1: `packages/cli/src/pact-utils.ts` says `utils`, which says nothing: find the domain noun',
  ],
  [
    cli,
    'class PactManager {}\n',
    '1:7: `PactManager` says `manager`, which says nothing: find the domain noun',
  ],
  [
    cli,
    'const newPact = 1;\n',
    '1:7: `newPact` says `new`, which says nothing: find the domain noun',
  ],
  [
    cli,
    'function readV2(): void {}\n',
    '1:10: `readV2` says `v2`, which says nothing: find the domain noun',
  ],
  [
    cli,
    'function read(data: string): void {}\n',
    '1:15: `data` says `data`, which says nothing: find the domain noun',
  ],
  [
    cli,
    'function processPact(): void {}\n',
    '1:10: `processPact` says `process`, which says nothing: find the domain noun',
  ],
  [cli, 'let pact: any;\n', '1:11: `any` switches the compiler off: take `unknown` and parse it'],
  [
    cli,
    'const pact = read()!;\n',
    '1:14: `!` hides a missing value: handle it, or assert with the reason',
  ],
  [
    'packages/console/src/pages/fleet/fleet-page.tsx',
    "import { Room } from '../room/room.tsx';\n",
    '1:22: page `fleet` may not know `room`',
  ],
  [
    'packages/console/src/ui/button.tsx',
    "import { Fleet } from '../pages/fleet.tsx';\n",
    '1:23: room `ui` of the console may not know `pages`',
  ],
  [
    'packages/console/src/pages/fleet/fleet-page.tsx',
    "const answer = fetch('/api/v1/agents');\n",
    '1:16: `fetch` outside packages/console/src/data/: ask by a hook of that room',
  ],
  [cli, 'enum Verdict { allow }\n', '1:1: no enums: take a union of literals'],
  [cli, 'export default 1;\n', '1:1: no default exports: name it'],
  [
    cli,
    'const pact = read() as Pact;\n',
    '1:14: `as` without a comment directly above that names what the compiler cannot see',
  ],
  [
    core,
    'const at = Date.now();\n',
    '1:12: `Date.now` in a pure package: take the value as a parameter',
  ],
  [
    core,
    'const at = new Date();\n',
    '1:12: `new Date()` in a pure package: take the value as a parameter',
  ],
  [core, 'const at = Date();\n', '1:12: `Date()` in a pure package: take the value as a parameter'],
  [
    core,
    'const roll = Math.random();\n',
    '1:14: `Math.random` in a pure package: take the value as a parameter',
  ],
  [
    core,
    'const home = process.env;\n',
    '1:14: `process` in a pure package: take the value as a parameter',
  ],
  [
    core,
    'const at = performance.timeOrigin;\n',
    '1:12: `performance` in a pure package: take the value as a parameter',
  ],
  [
    core,
    'const key = crypto.subtle;\n',
    '1:13: `crypto` in a pure package: take the value as a parameter',
  ],
  [
    core,
    'const order = left.localeCompare(right);\n',
    '1:15: `localeCompare` in a pure package: take the value as a parameter',
  ],
  [
    core,
    "const yaml = import('yaml');\n",
    '1:14: `import()` in a pure package: take the value as a parameter',
  ],
  [
    core,
    "import { join } from 'node:path';\n",
    '1:22: `node:path` in a pure package: move the effect to the shell',
  ],
  [cli, "import { join } from 'path';\n", '1:22: write `node:path`'],
  [core, "import { main } from '@plumbline/cli';\n", '1:22: `core` may not import `cli`'],
  [cli, "import { verifies } from '@plumbline/testkit';\n", '1:26: `cli` may not import `testkit`'],
  [
    'packages/ferry/src/pact.ts',
    "import { decide } from '@plumbline/core';\n",
    '1:24: `ferry` has no row in tools/tidy/rules/imports.ts: add it',
  ],
  [
    cli,
    "import { decide } from '../../core/src/index.ts';\n",
    '1:24: `../../core/src/index.ts` leaves the package: import it by its package name',
  ],
  [
    'packages/server/src/ledger/log.ts',
    "import type { Guard } from '../guard/guard.ts';\n",
    '1:28: room `ledger` may not know `guard`',
  ],
  [
    'packages/server/src/guard/turn.ts',
    "import { openVault } from '../store/embedded/vault.ts';\n",
    '1:27: only `context.ts` names what stands behind a store: take its contract',
  ],
  [
    cli,
    "import { parse } from 'yaml';\n",
    '1:23: `yaml` is not declared: add it to packages/cli/package.json',
  ],
  [
    cli,
    "import { format } from 'prettier';\n",
    '1:24: `prettier` is declared for the tools alone: add it to packages/cli/package.json',
  ],
  [
    cli,
    "export { decide } from './decide.ts';\n",
    '1:1: re-export outside a package index: import it where it lives',
  ],
  [
    core,
    '// A line comment is no docstring.\nexport const pact = 1;\n',
    '2:1: export without a docstring: first say what comes back',
  ],
  [
    cli,
    'try {\n  read();\n} catch {\n  // Ignored.\n}\n',
    '3:3: empty catch: turn the error into a value with its cause',
  ],
  [cli, 'void read().catch(() => {});\n', '1:6: empty catch: a rejection vanishes here'],
  [
    cli,
    "console.log('done');\n",
    '1:1: `console` outside packages/cli/src/output/: return the text instead',
  ],
  [cli, '// TODO: read it.\n', '1:4: `TODO`: unfinished work is not merged'],
  [cli, '// Wanted by issue #12.\n', '1:14: `issue #12`: a ticket number: say the reason instead'],
  [
    'packages/cli/src/pact.test.ts',
    "verifies('human.stop');\n",
    '1:10: unknown requirement `human.stop`: see spec/requirements.md',
  ],
  ['packages/cli/src/pact.test.ts', 'verifies(id);\n', '1:10: `verifies` takes string literals'],
];

for (const [path, text, told] of broken) {
  test(`tidy: refuses \`${text.trimStart().split('\n', 1).join().slice(0, 60)}\``, () => {
    assert.deepEqual(problemsOf({ [path]: text }), [`${path}:${told}`]);
  });
}

test('tidy: refuses two files that import each other', () => {
  const problems = problemsOf({
    'packages/cli/src/halt.ts': "import { a } from './pact.ts';\n",
    'packages/cli/src/pact.ts': "\nimport type { b } from './halt.ts';\n",
  });
  assert.deepEqual(problems, [
    'packages/cli/src/pact.ts:2:24: import cycle: packages/cli/src/halt.ts → ' +
      'packages/cli/src/pact.ts → packages/cli/src/halt.ts',
  ]);
});

test('tidy: refuses words of the workshop in documents', () => {
  const house = makeHouse({});
  const documents = [{ path: 'README.md', lines: ['# Plumbline', 'Fixes (#7).'] }];
  assert.deepEqual(tidy({ ...house, documents }).map(renderProblem), [
    'README.md:2:7: `(#7)`: a ticket number: say the reason instead',
  ]);
});

test('tidy: refuses a lockfile that names a registry or forgets a platform', () => {
  const entry = {
    resolved: 'https://a.example/a.tgz',
    optionalDependencies: { 'a-mac': '1' },
  };
  const lockfile = JSON.stringify({ packages: { 'node_modules/a': entry } }, undefined, 1);
  assert.deepEqual(tidy({ ...makeHouse({}), lockfile }).map(renderProblem), [
    'package-lock.json:1:1: optional `a-mac` has no entry, so `npm ci` fails: add it by version',
    'package-lock.json:4:4: a registry address: keep `omit-lockfile-registry-resolved` in .npmrc',
  ]);
});

// What looks like a broken rule and is none.
const sound: readonly (readonly [path: string, text: string])[] = [
  [cli, '// The parser has checked the shape.\nconst pact = read() as Pact;\n'],
  [cli, 'const verdicts = [1] as const;\n'],
  [cli, 'const { data } = reply;\n'],
  [cli, 'const reply = { data: 1, new: 2 };\n'],
  [cli, 'fold((a: 1, b: 1, c: 1, d: 1) => a);\n'],
  [cli, 'const newest = renewal;\n'],
  [cli, '// See https://example.org/' + 'x'.repeat(100) + '\n'],
  [core, '/** The pact. */\nexport const pact = shape.process;\n'],
  [core, '/** When. */\nexport const at = new Date(atMs).toISOString();\n'],
  [core, '/** One. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;\n'],
  ['packages/core/src/pact.test.ts', "import { join } from 'node:path';\nDate.now();\n"],
  ['packages/cli/src/pact.test.ts', "import { verifies } from '@plumbline/testkit';\n"],
  ['packages/cli/src/output/table.ts', "console.log('done');\n"],
  ['packages/core/src/index.ts', "export * from './pact.ts';\n"],
  [
    'packages/cli/src/pact.test.ts',
    `describe('pact', () => {\n${'  step();\n'.repeat(80)}});\nverifies('human.halt');\n`,
  ],
];

for (const [path, text] of sound) {
  test(`tidy: accepts \`${text.trimStart().split('\n', 1).join().slice(0, 60)}\``, () => {
    assert.deepEqual(problemsOf({ [path]: text }), []);
  });
}

test('tidy: splits names into words', () => {
  assert.deepEqual(wordsOf('parseNewURL'), ['parse', 'new', 'url']);
  assert.deepEqual(wordsOf('PactV2'), ['pact', 'v2']);
  assert.deepEqual(wordsOf('MAX_DATA_BYTES'), ['max', 'data', 'bytes']);
});

test('tidy: reads requirement ids from lists and tables, and not from prose', () => {
  const text = '- `human.halt`: stops.\n| `signals.authority` | any |\nSee `human.lease`.\n';
  assert.deepEqual([...parseRequirementIds(text)], ['human.halt', 'signals.authority']);
});

test('tidy: says which tests cite which requirement', () => {
  const house = makeHouse({ 'packages/cli/src/halt.test.ts': "verifies('human.halt');\n" });
  assert.equal(
    renderCoverage({ ...house, requirementIds: new Set(['human.halt', 'human.lease']) }),
    'cited by tests: 1 of 2\n' +
      '  human.halt: packages/cli/src/halt.test.ts\n' +
      'cited by no test: 1\n' +
      '  human.lease',
  );
});

test('tidy: sums up the house in one line', () => {
  const house = makeHouse({ [cli]: 'function a(): void {}\nfunction b(): void {\n  a();\n}\n' });
  assert.equal(
    renderSummary(house),
    '1 files · 2 functions · median 3 lines, longest 3 · 0 of 1 requirements cited by tests',
  );
});
