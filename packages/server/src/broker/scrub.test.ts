import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { injectSecret } from './inject.ts';
import { readAnswer } from './read-answer.ts';
import { scrubber, scrubJson } from './scrub.ts';

const printable = fc
  .array(fc.integer({ min: 0x20, max: 0x7e }), { minLength: 8, maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes))
  .filter((text) => text.trim() === text);

test('scrubbing: no spelling of a secret stays, wherever it stands', () => {
  verifies('authority.credentials');
  fc.assert(
    fc.property(printable, fc.string(), fc.string(), (secret, before, after) => {
      const scrub = scrubber([secret]);
      const whole = Buffer.from(`${before}${secret}${after}`, 'utf8');
      const spelt = [
        `${before}${secret}${after}`,
        JSON.stringify(`${before}${secret}${after}`),
        encodeURIComponent(secret),
        Buffer.from(secret).toString('hex').toUpperCase(),
      ];
      for (const text of spelt) assert.ok(!scrub(text).includes(secret) || secret === text);
      for (const text of spelt) assert.match(scrub(text), /\[credential\]/);
      for (const form of ['base64', 'base64url'] as const) {
        assert.match(scrub(whole.toString(form)), /\[credential\]/);
      }
    }),
    { numRuns: 200 },
  );
});

test('scrubbing: names, numbers and what is nested are looked at', () => {
  const scrub = scrubber(['1234567890']);
  const value = { '1234567890': [1234567890, { deep: 'x1234567890' }], fine: 12 };
  assert.deepEqual(scrubJson(value, scrub), {
    '[credential]': ['[credential]', { deep: 'x[credential]' }],
    fine: 12,
  });
});

test('injecting: each way puts the secret where it says', () => {
  const at = new URL('https://shop.example/a?key=agent&b=1');
  const injected = (...of: Parameters<typeof injectSecret>): object => {
    const { url, headers } = injectSecret(...of);
    return { url, headers };
  };
  assert.deepEqual(injected(at, { kind: 'bearer' }, 's3cretpw'), {
    url: at.href,
    headers: { authorization: 'Bearer s3cretpw' },
  });
  assert.deepEqual(injected(at, { kind: 'basic' }, 'ada:s3cretpw'), {
    url: at.href,
    headers: { authorization: 'Basic YWRhOnMzY3JldHB3' },
  });
  assert.deepEqual(injected(at, { kind: 'header', name: 'x-api-key' }, 's3cretpw'), {
    url: at.href,
    headers: { 'x-api-key': 's3cretpw' },
  });
  // What an argument put under the same name is gone.
  assert.deepEqual(injected(at, { kind: 'query', name: 'key' }, 's3cretpw'), {
    url: 'https://shop.example/a?key=s3cretpw&b=1',
    headers: {},
  });
  const basic = injectSecret(at, { kind: 'basic' }, 'ada:s3cretpw');
  assert.deepEqual(basic.secrets, ['ada:s3cretpw', 's3cretpw']);
});

test('answers: JSON is its value, other text is text, and what is no text is left out', () => {
  const scrub = scrubber(['s3cretpw']);
  const read = (contentType: string, body: string | Uint8Array, records: string | null = null) =>
    readAnswer({ status: 200, contentType, body: Buffer.from(body) }, { scrub, records });
  const json = 'application/json; charset=utf-8';
  assert.deepEqual(read(json, '{"a":[1,"s3cretpw"]}').result, { a: [1, '[credential]'] });
  assert.deepEqual(read('text/plain', 'a s3cretpw').result, 'a [credential]');
  assert.deepEqual(read('application/problem+json', '{"a":1}').result, { a: 1 });
  assert.deepEqual(read(json, '{"a":').result, '{"a":');
  assert.deepEqual(read(json, '{"a":12345678901234567890}').result, '{"a":12345678901234567890}');
  assert.deepEqual(read(json, '').result, null);
  assert.deepEqual(read(json, Uint8Array.of(0xff, 0xfe)).result, null);
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  assert.deepEqual(read(json, deep).result, deep);
  assert.equal(read(json, '{"rows":[1,2,3]}', 'rows').records, 3);
  assert.equal(read(json, '{"page":{"total":4}}', 'page.total').records, 4);
  assert.equal(read(json, '{"rows":"x"}', 'rows').records, null);
});
