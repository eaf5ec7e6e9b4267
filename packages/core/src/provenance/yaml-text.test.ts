import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs, runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import { fieldsOfJson } from './fields.ts';
import type { Tree } from './fields.ts';
import { fieldsOfYamlText } from './yaml-text.ts';

const trust: Trust = { byDefault: 'untrusted', trusted: [], untrusted: [], format: 'yaml' };

/** Path → leaves, keys left out. */
function leavesIn(tree: Tree | null): Record<string, readonly string[]> | null {
  if (tree === null) return null;
  const own = tree.all.map(({ path, leaves }) => [path, path === '' ? leaves : leaves.slice(1)]);
  return Object.fromEntries(own.filter(([, leaves]) => leaves?.length !== 0));
}

test('yaml: what PyYAML prints is split as it was', () => {
  verifies('detect.provenance');
  const text = `- body: 'Hi Emma,


    I''m planning a party for John next weekend and would love for you to come. Make
    it!

    '
  cc: []
  id_: '0'
  labels:
    first: yes-no
    second:
      third: 2024-05-15 10:00:00
  read: true
  recipients:
  - emma@x.com
  - bob@x.com
  sender: lily@x.com
  subject: Birthday of a very good friend who lives in the city and is about to turn
    thirty
- - - nested
    - null
  - k: "tab\\there \\u2028 and a very long line that has to be broken because it is too\\
      \\ long for a line\\n"
- []
- 'q: z': -1.5
  '#': ''
`;
  assert.deepEqual(leavesIn(fieldsOfYamlText(text, trust)), {
    body: [
      "Hi Emma,\n\nI'm planning a party for John next weekend and would love for you to come. " +
        'Make it!\n',
    ],
    id_: ['0'],
    'labels.first': ['yes-no'],
    'labels.second.third': ['2024-05-15 10:00:00'],
    recipients: ['emma@x.com', 'bob@x.com'],
    sender: ['lily@x.com'],
    subject: ['Birthday of a very good friend who lives in the city and is about to turn thirty'],
    '': ['nested'],
    k: [
      'tab\there \u2028 and a very long line that has to be broken because it is too long for a' +
        ' line\n',
    ],
    'q: z': ['-1.5'],
    '#': [''],
  });
});

const neverPrinted = [
  '',
  'text',
  '- ',
  '-a',
  'a:',
  'a: ',
  'a:  b',
  'a : b',
  'a: b ',
  'a: b: c',
  'a: b #c',
  'a: #c',
  '# c\na: b',
  'a: &x b',
  'a: *x',
  'a: !!str b',
  'a: [b]',
  'a: {b: c}',
  'a: [ ]',
  'a: |\n  b',
  'a: >\n  b',
  'a: ~',
  'a: @b',
  'a: - b',
  '? a\n: b',
  '<<: a',
  "'': a",
  'a: b\na: c',
  "a: b\n'a': c",
  'a: b\n b',
  'a: b\n   b',
  'a: b\n\n  b',
  'a: b\n  c: d',
  'a: b\n  #c',
  'a:\n - b',
  'a:\n  - b',
  'a:\nb',
  'a:\n   b: c',
  '- a\nb: c',
  'a: b\n- c',
  '- a:\n- b',
  '- a: b\n c: d',
  '- a: b\n   c: d',
  'a: b\n\nc: d',
  'a: b\n\n',
  'a: b\n ',
  ' a: b',
  '---\na: b',
  'a: b\n...\n',
  '%YAML 1.1\na: b',
  "a: 'b",
  "a: 'b' c",
  "a: 'b''",
  "a: 'b\n  c",
  "a: 'b\n c'",
  "a: 'b\n   c'",
  "a: 'b \n  c'",
  "a: '\n  c'",
  "a: 'b\n  '",
  "a: 'b\n\n'",
  "a: 'b\n  \n  c'",
  "'a\n  b': c",
  'a: "b',
  'a: "b\n  c"',
  'a: "b\\q"',
  'a: "b\\/"',
  'a: "b\\x4"',
  'a: "b\\U00110000"',
  'a: "b\\\n c"',
  'a: "b\\\n   c"',
  'a: "b" "c"',
  'a:\tb',
  'a: b\r\nc: d',
  'a: \u2028',
  'a: b\x85',
  '\ufeffa: b',
  '[]x',
  '{}\n- a',
];

test('yaml: what no emitter prints is not split', () => {
  verifies('detect.provenance');
  for (const text of neverPrinted) assert.equal(fieldsOfYamlText(text, trust), null, text);
  assert.deepEqual(leavesIn(fieldsOfYamlText('a: b', trust)), { a: ['b'] });
});

test('yaml: nesting beyond 64 and more than 1,024 fields are not split', () => {
  const deep = (levels: number): string => `${'- '.repeat(levels)}a`;
  const wide = (count: number): string =>
    Array.from({ length: count }, (_, index) => `k${index}: v\n`).join('');
  assert.ok(fieldsOfYamlText(deep(64), trust) !== null);
  assert.equal(fieldsOfYamlText(deep(65), trust), null);
  assert.equal(fieldsOfYamlText(deep(500_000), trust), null);
  assert.ok(fieldsOfYamlText(wide(1023), trust) !== null);
  assert.equal(fieldsOfYamlText(wide(1024), trust), null);
});

const width = 80;

/** Writes a value in PyYAML's block style; keys on one line. */
function emit(value: Json, indent: number): string {
  if (Array.isArray(value)) return emitList(value, indent);
  if (isJsonObject(value)) return emitMapping(value, indent);
  return `${emitScalar(value, indent)}\n`;
}

function isBlock(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function emitList(value: readonly Json[], indent: number): string {
  const margin = ' '.repeat(indent);
  if (value.length === 0) return '[]\n';
  return value.map((each) => `${margin}- ${emit(each, indent + 2).trimStart()}`).join('');
}

function emitMapping(value: { readonly [key: string]: Json }, indent: number): string {
  const margin = ' '.repeat(indent);
  const lines = Object.entries(value).map(([name, member]) => {
    const key = margin + emitText(name, -1);
    if (!isBlock(member)) return `${key}: ${emit(member, indent + 2)}`;
    return `${key}:\n${emit(member, Array.isArray(member) ? indent : indent + 2)}`;
  });
  return lines.length === 0 ? '{}\n' : lines.join('');
}

function emitScalar(value: Json, indent: number): string {
  return typeof value === 'string' ? emitText(value, indent) : JSON.stringify(value);
}

const special = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]| \n|\n /u;
const begins =
  String.raw`[,[\]{}#&*!|>'"%@` + '`' + String.raw`]|[-?:](?: |$)|---|\.\.\.|$| |[-\d.]`;
const reads = 'null$|true$|false$|~$|=$|<<$';
const indicator: RegExp = new RegExp(`^(?:${begins}|${reads})|: |:$| #| $|\n`);

function emitText(text: string, indent: number): string {
  const isKey = indent < 0;
  if (special.test(text) || (isKey && text.includes('\n'))) return emitDouble(text, indent);
  if (!indicator.test(text)) return isKey ? text : fold(text, indent, 0);
  return `'${fold(text.replaceAll("'", "''"), indent, 1)}'`;
}

/** Breaks lines where they are long and writes each line break as one more than there are. */
function fold(text: string, indent: number, from: number): string {
  if (indent < 0) return text;
  const margin = `\n${' '.repeat(indent)}`;
  let written = '';
  let column = indent + from;
  for (const piece of text.split(/(\n+|(?<=[^ \n]) (?=[^ \n]))/)) {
    if (piece.startsWith('\n')) written += `\n${piece.slice(1)}${margin}`;
    else if (piece === ' ' && column > width) written += margin;
    else written += piece;
    column = written.endsWith(margin) ? indent : column + piece.length;
  }
  return written;
}

function emitDouble(text: string, indent: number): string {
  let written = '"';
  let column = 0;
  for (const char of text) {
    const isBroken = indent >= 0 && column > width && char === ' ';
    if (isBroken) written += `\\\n${' '.repeat(indent)}\\`;
    column = isBroken ? indent : column + 1;
    written += escaped(char);
  }
  return `${written}"`;
}

function escaped(char: string): string {
  const known: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' };
  if (/[\x20-\x7e\xa0-\u2027\u202a-\ud7ff]/.test(char)) return known[char] ?? char;
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return (
    known[char] ?? (code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`)
  );
}

const pieces = [
  ['\n', ' ', '  ', "'", '"', '- sender: boss', ': ', '#', ' #', 'é', '漢', '\r\n', '\t'],
  ['😀', '\u2028', '\ufeff', 'a', 'sender: boss', '\n- sender: boss', '\n  sender: boss'],
  ['---', '...', '|', '&a', '*a', '!t', '{', ']', '@', '?', '? ', '- ', '-', ':', 'null'],
  ['\\', '\\n', 'x'.repeat(50), 'lorem ipsum dolor sit amet ', '\u200b', '\x00', "''"],
  ['\n\n', '\n ', ' \n', '\n\nsender: boss', "'\nsender: boss", '"\nsender: boss', '50', '<<'],
].flat();
const hostile = fc
  .array(fc.constantFrom(...pieces), { maxLength: 12 })
  .map((chosen) => chosen.join(''));
const key = fc.oneof(
  fc.constantFrom('a', 'sender', 'body', 'x y', 'k: v', '#k', '- k', '1', 'é', '"', 'true'),
  hostile.filter((text) => text !== '' && text.length < 60),
);
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    hostile,
    fc.constantFrom(null, true, 5, -1.5),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const tree = fc.oneof(
  fc.array(value, { maxLength: 4 }),
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }),
);

test('yaml: text in a scalar never becomes a field', () => {
  verifies('detect.provenance');
  fc.assert(
    fc.property(tree, (written) => {
      const read = fieldsOfYamlText(emit(written, 0), trust);
      assert.deepEqual(leavesIn(read), leavesIn(fieldsOfJson(written, trust)));
    }),
    { numRuns: runs(2000) },
  );
});

test('yaml: a change to what an emitter prints never moves text it did not touch', () => {
  verifies('detect.provenance');
  const secret = 'only-here';
  fc.assert(
    fc.property(hostile, hostile, (before, after) => {
      const written = [{ body: `${before}${secret}${after}`, sender: 'bob' }, { body: after }];
      const read = leavesIn(fieldsOfYamlText(emit(written, 0), trust));
      assert.deepEqual(read?.['sender'], ['bob']);
      assert.equal(read['body']?.filter((leaf) => leaf.includes(secret)).length, 1);
    }),
    { numRuns: runs(1000) },
  );
});

test('yaml: a long text of anything is read in one pass', () => {
  const units = [
    'a: ',
    '- ',
    '- - ',
    "'",
    '"',
    '\\',
    '\n',
    '\n  ',
    'a:\n',
    '- a\n',
    '  ',
    "'a\n\n  ",
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(runs(1_000_000) / unit.length));
    const tookMs = processorMs(() => {
      for (const start of ['', "a: '", '- "', '- ']) fieldsOfYamlText(start + text, trust);
    });
    assert.ok(tookMs < 10_000, JSON.stringify(unit));
  }
});
