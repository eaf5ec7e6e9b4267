import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import type { Content } from './content.ts';
import { placesOf } from './places.ts';

const trust = {
  byDefault: 'untrusted',
  trusted: ['sender'],
  untrusted: [],
  format: 'text',
} as const;

test('places: a value is found in each piece it stands in, with its sources there', () => {
  verifies('detect.provenance');
  const seen: readonly Content[] = [
    { kind: 'principal', text: 'pay what bob@z.com asks for' },
    { kind: 'untrusted', text: 'nothing of the kind' },
    { kind: 'tool', tool: 'mail', trust, args: {}, result: { sender: 'bob@z.com', body: 'x' } },
    { kind: 'tool', tool: 'find', trust, args: { who: 'bob@z.com' }, result: 'bob@z.com' },
  ];
  assert.deepEqual(placesOf(seen, 'bob@z.com'), [
    { place: 0, sources: ['principal'] },
    { place: 2, sources: ['mail', 'mail:sender', 'trusted'] },
  ]);
  assert.deepEqual(placesOf(seen, 'eve@y.com'), []);
});
