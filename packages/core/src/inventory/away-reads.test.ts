import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { loadPact } from '../pact/load.ts';
import { awayReads } from './away-reads.ts';

const HEAD = `
pact: plumbline/v1
agent: coder
purpose: Read code.
owner: a@example.com
autonomy: 2
`;

const TOOLS = `
tools:
  c.Read: { effect: read }
  c.Glob: { effect: read }
  c.Grep: { effect: read }
  c.Count: { effect: read }
  c.Web: { effect: read, open_world: true }
  c.Diary: { effect: read, sensitive: [personal] }
  c.Write: { effect: write }
allow:
  - { id: read, tool: [c.Read, c.Glob, c.Web, c.Diary, c.Write] }
  - { id: some, tool: c.Grep, when: 'args.path != "/"' }
  - { id: few, tool: c.Count, limit: { calls: 3, per: 1h } }
exclude:
  - { id: secret, tool: c.Read, when: 'args.path.contains("secret")' }
`;

function readsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const loaded = loadPact('a.yaml', (path) => files[path]);
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return awayReads(loaded.value.pact);
}

test('away: nothing goes on unless the pact says so', () => {
  verifies('enforce.fail-closed');
  assert.deepEqual(readsOf({ 'a.yaml': `${HEAD}${TOOLS}` }), []);
  assert.deepEqual(readsOf({ 'a.yaml': `${HEAD}when_away: refuse\n${TOOLS}` }), []);
});

test('away: what goes on are plain reads that no rule looks at', () => {
  const pact = `${HEAD}when_away: reads\n${TOOLS}`;
  assert.deepEqual(readsOf({ 'a.yaml': pact }), ['c.Glob']);
  const tasks = `${pact}tasks: { look: { tools: [c.Glob] } }\n`;
  assert.deepEqual(readsOf({ 'a.yaml': tasks }), []);
});

test('away: a layer that does not say so keeps it from all', () => {
  const own = `${HEAD}when_away: reads\nextends: b.yaml\n${TOOLS}`;
  const apart = TOOLS.replaceAll('id: ', 'id: b-');
  const other = `${HEAD}${apart}`;
  assert.deepEqual(readsOf({ 'a.yaml': own, 'b.yaml': other }), []);
  const both = `${HEAD}when_away: reads\n${apart}`;
  assert.deepEqual(readsOf({ 'a.yaml': own, 'b.yaml': both }), ['c.Glob']);
});

test('away: another word is an error with its place', () => {
  const pact = `${HEAD}when_away: all\n${TOOLS}`;
  const loaded = loadPact('a.yaml', () => pact);
  assert.ok(!loaded.ok);
  assert.match(loaded.error[0]?.message ?? '', /`all`/);
});
