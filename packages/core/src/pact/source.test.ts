import assert from 'node:assert/strict';
import { test } from 'node:test';

import { processorMs } from '@plumbline/testkit';
import { formatDiagnostic } from './diagnostic.ts';
import { parsePact } from './parse.ts';
import { parseDuration, parsePercentage } from './scalars.ts';
import { parseSource, toJson } from './source.ts';
import { nearest } from './suggest.ts';

const HEAD = `pact: plumbline/v1
agent: a
purpose: p
owner: a@example.com
autonomy: 2
tools: { t: { effect: read } }
allow:
  - id: r
    tool: t
`;

function faults(rest: string): readonly string[] {
  const parsed = parsePact(HEAD + rest, 'a.yaml');
  return parsed.ok ? [] : parsed.error.map(formatDiagnostic);
}

function read(text: string): unknown {
  const source = parseSource(text, 'a.yaml');
  return source.ok ? toJson(source.value) : formatDiagnostic(source.error);
}

test('source: a fault inside a condition is placed inside its text, in every style', () => {
  const message = 'unknown function `frob`';
  const places = [
    ['    when: args.x == frob()\n', '10:21'],
    ['    when: "args.x == frob()"\n', '10:22'],
    ["    when: 'frob()'\n", '10:12'],
    ['    when: |\n      args.x == 1\n        || frob()\n', '12:12'],
    ['    when: >-\n      args.x == 1 ||\n      frob()\n', '12:7'],
    ['    when: args.x == 1\n      && frob()\n', '11:10'],
  ] as const;
  for (const [text, place] of places) {
    const [first = ''] = faults(text);
    assert.equal(first.slice(0, first.indexOf(': there are')), `a.yaml:${place}: ${message}`);
  }
});

test('source: words of the core schema only', () => {
  assert.deepEqual(read('a: off\nb: yes\nc: 2026-01-01\nd: 012\ne: ~\n'), {
    a: 'off',
    b: 'yes',
    c: '2026-01-01',
    d: 12,
    e: null,
  });
});

test('source: an alias bomb is refused at its first anchor', () => {
  const bomb = 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n';
  assert.equal(read(bomb), 'a.yaml:1:7: anchor `&a`: write the value out where needed');
});

test('source: hundreds of thousands of faults give one, soon', () => {
  const tookMs = processorMs(() => {
    assert.equal(read(`a: ${'"'.repeat(900_000)}`), 'a.yaml:1:6: not YAML: a value after a value');
  });
  assert.ok(tookMs < 5000);
});

test('source: an empty file lacks everything a pact has', () => {
  const parsed = parsePact('', 'a.yaml');
  assert.ok(!parsed.ok);
  assert.equal(
    parsed.error.map(formatDiagnostic)[0],
    'a.yaml:1:1: expected a mapping of a pact, found nothing',
  );
});

test('scalars: durations and percentages mean what they say', () => {
  const durations = ['15m', '90s', '24h', '30d', '5', '0s', '1w', '-1s', '1.5h', '9999d'];
  const expected = [900_000, 90_000, 86_400_000, 2_592_000_000, null, null, null, null, null, null];
  assert.deepEqual(durations.map(parseDuration), expected);
  const percentages = ['2%', '0.5%', '100%', '101%', '2'];
  assert.deepEqual(percentages.map(parsePercentage), [0.02, 0.005, 1, null, null]);
});

test('suggest: offers the nearest name, and none when none is near', () => {
  assert.equal(nearest('custmer_id', ['customer_id', 'order_id']), 'customer_id');
  assert.equal(nearest('alow', ['allow', 'flows']), 'allow');
  assert.equal(nearest('xyz', ['customer_id', 'order_id']), null);
});
