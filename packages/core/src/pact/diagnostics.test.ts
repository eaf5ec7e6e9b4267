import { verifies } from '@plumbline/testkit';
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { DIAGNOSTIC_CODES, formatDiagnostic } from './diagnostic.ts';
import { loadPact } from './load.ts';
import { parsePact } from './parse.ts';

const folder = join(import.meta.dirname, '../../../../spec/vectors/diagnostics');
const readFile = (path: string): string | undefined => {
  const full = join(folder, path);
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
};
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

for (const name of fixtures) {
  test(`diagnostics: ${name} says what is wrong, where and what to do`, () => {
    verifies('pact.refuses-to-arm');
    const loaded = loadPact(name, readFile);
    const found = loaded.ok ? loaded.value.warnings : loaded.error;
    const lines = found.map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`);
    assert.equal(lines.join(''), readFile(name.replace('.yaml', '.txt')));
    const code = name.replace('.yaml', '');
    assert.ok(found.some((diagnostic) => diagnostic.code === code));
  });
}

test('diagnostics: every code has a fixture', () => {
  const covered = new Set(fixtures.map((name) => name.replace('.yaml', '')));
  // A file of more than a megabyte is a test of its own, below.
  const missing = DIAGNOSTIC_CODES.filter((code) => !covered.has(code) && code !== 'too-large');
  assert.deepEqual(missing, []);
});

test('diagnostics: a file of 50 MB gives one clear error at once', () => {
  const parsed = parsePact('agent: x\n'.repeat(5_500_000), 'big.pact.yaml');
  assert.ok(!parsed.ok);
  const text =
    'big.pact.yaml:1:1: the file is larger than 1048576 characters: split it with `extends`';
  assert.deepEqual(parsed.error.map(formatDiagnostic), [text]);
});

test('diagnostics: tens of thousands of faults are a hundred and a count', () => {
  const keys = Array.from({ length: 45_000 }, (_, index) => `key_${index}: 1\n`);
  const parsed = parsePact(`pact: plumbline/v1\n${keys.join('')}`, 'many.yaml');
  assert.ok(!parsed.ok);
  assert.equal(parsed.error.length, 101);
  const counted = parsed.error.find(({ code }) => code === 'too-many');
  assert.equal(counted?.message, '… and 44904 more errors: correct those above first');
});
