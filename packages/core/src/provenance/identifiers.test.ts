import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processorMs, runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import { identifiersInText } from './identifier-text.ts';
import { identifiersIn, valuesAt } from './identifiers.ts';

const found: readonly (readonly [string, readonly string[]])[] = [
  ['mail bob@evil.com, or Eve <eve@y.co.uk>.', ['bob@evil.com', 'eve@y.co.uk']],
  ['to=bob@evil.com;cc=eve+tag@y.com', ['bob@evil.com', 'eve+tag@y.com']],
  ['Contact:bob@evil.com', ['bob@evil.com']],
  ['pay bob@okbank now', ['bob@okbank']],
  ['bob@evil.com,eve@y.com', ['bob@evil.com', 'eve@y.com']],
  ['see https://a.b/c?d=(e), then', ['https://a.b/c?d=(e)']],
  ['[here](https://e.com/a) (see evil.com)', ['https://e.com/a', 'evil.com']],
  ['"http://e.com/a?b=1,2;3#x".', ['http://e.com/a?b=1,2;3#x']],
  ['at http://localhost:8080/x!', ['http://localhost:8080/x']],
  ['on www.x.com or x.com/path?q=1,2', ['www.x.com', 'x.com/path?q=1,2']],
  ['trusted.com/a(secret) trusted.com?x=1', ['trusted.com/a(secret)', 'trusted.com?x=1']],
  ['evil.com:8080/x **evil.net** evil.org:', ['evil.com:8080/x', 'evil.net', 'evil.org']],
  ['10.0.0.255 not 1.2.3', ['10.0.0.255']],
  ['DE89370400440532013000', ['DE89370400440532013000']],
  ['de89 3704 0044 0532 0130 00 from me', ['de89 3704 0044 0532 0130 00']],
  ['account 12345678, id A123456789', ['12345678', 'A123456789']],
  ['+33 1 23 45 67 89 or 327-420-4923', ['+33 1 23 45 67 89', '327-420-4923']],
  ['card 4237-4252-7456-2574', ['4237-4252-7456-2574']],
  ['card 4237 4252 7456 2574', ['4237 4252 7456 2574']],
  ['(555) 123-4567', ['555) 123-4567']],
  ['/etc/passwd ~/x ./run a/b.txt report.docx', ['/etc/passwd', './run', 'a/b.txt', 'report.docx']],
  ['C:\\a\\b and \\\\host\\share', ['C:\\a\\b', '\\\\host\\share']],
  ['550e8400-e29b-41d4-a716-446655440000', ['550e8400-e29b-41d4-a716-446655440000']],
  ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', ['4eC39HqLyjWDarjtT1zdp7dc']],
  ['ｅｖｉｌ．ｃｏｍ', ['evil.com']],
  ['ev\u200bil.c\u{e006f}om', ['evil.com']],
  ['evil。com', ['evil.com']],
  ['иван@пример.рф', ['иван@пример.рф']],
  ['写信给bob@evil.com谢谢', ['写信给bob@evil.com谢谢', 'bob@evil.com']],
  ['١٢٣٤٥٦٧٨', ['12345678']],
  ['１２３４５６７８', ['12345678']],
];

test('identifiers: each kind is found as it is written', () => {
  verifies('detect.provenance');
  for (const [text, values] of found) assert.deepEqual(identifiersInText(text), values, text);
});

test('identifiers: dates, times, amounts and words are none', () => {
  verifies('detect.provenance');
  const none = [
    'Meet on 2024-05-15 10:00:00 or 15-05-2024, 05/15/2024, 20240515, 20240515T103000Z.',
    '2024-05-15T10:00:00Z to 2024-05-16T10:00:00Z',
    'It costs 1200.50, 12,345,678 or 12345678.50 EUR; 10-20 of 2020-2024 and 2023 2024.',
    'He said and/or 24/7, e.g. at 10.30pm with 3.5kg of U.S. stuff',
    'internationalisation and misunderstandings',
    '500 750 15000 20 1',
    '',
  ];
  for (const text of none) assert.deepEqual(identifiersInText(text), [], text);
});

test('identifiers: paths say where they stand, keys and numbers are looked at', () => {
  verifies('detect.provenance');
  const args = {
    to: ['a@b.co', { also: 'c@d.co' }],
    body: 'hello',
    rights: { 'k@v.com': 'rw' },
    account: 12345678,
    amount: 100,
  };
  assert.deepEqual(identifiersIn(args), [
    { path: 'to[0]', value: 'a@b.co' },
    { path: 'to[1].also', value: 'c@d.co' },
    { path: 'rights.k@v.com', value: 'k@v.com' },
    { path: 'account', value: '12345678' },
  ]);
});

test('identifiers: values at a path are the elements of lists and the leaves of objects', () => {
  const args = { a: [{ b: [1, 'x', null] }, { b: { c: true, d: 'y', e: [['z']] } }], s: '', n: 0 };
  assert.deepEqual(valuesAt(args, 'a.b'), [1, 'x', 'y', 'z']);
  assert.deepEqual(valuesAt(args, 's'), []);
  assert.deepEqual(valuesAt(args, 'n'), [0]);
  assert.deepEqual(valuesAt(args, 'a.x'), []);
  assert.deepEqual(valuesAt(args, 'toString'), []);
});

test('identifiers: an address is found wherever it stands between blanks', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 20 });
  fc.assert(
    fc.property(words, words, (before, after) => {
      assert.ok(identifiersInText(`${before} bob@evil.com ${after}`).includes('bob@evil.com'));
      const [url] = identifiersInText(`https://evil.com/${before.replace(/\s/g, '')}`);
      assert.ok(url?.startsWith('https://evil.com'));
    }),
  );
});

test('identifiers: a long text of anything is read in one pass', () => {
  const units = [
    'a',
    '1',
    'a.',
    '@',
    'a@',
    '://',
    'a://',
    '/a',
    '\\',
    '1-',
    '1 2',
    '(1',
    'aa11 bbbb ',
  ];
  for (const unit of [
    ...units,
    'é',
    '漢',
    '\u200b',
    '1-1a',
    'a:1',
    'x.y/',
    '[',
    'a=b&',
    '2024-01-01',
  ]) {
    const text = unit.repeat(Math.ceil(runs(1_000_000) / unit.length));
    assert.ok(processorMs(() => identifiersInText(text)) < 5000, unit);
  }
});
