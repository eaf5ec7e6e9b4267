import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decidedOpen, findingOf, makeEntry } from '../../../testing/log-entries.ts';
import { MemoryModels } from '../../../testing/memory-models.ts';
import { search, type SearchAsked } from './search.ts';

async function look(q: string, rest: Partial<SearchAsked> = {}) {
  const models = new MemoryModels();
  const of = (agent: string, session: string) => ({ agent, session, at: 5 });
  await models.fold(0, [
    makeEntry('boot', { at: 1 }),
    makeEntry('decided', {
      ...of('refunds', 'ses_1'),
      open: decidedOpen({ decision: 'dec_1', tool: 'refund', findings: [findingOf('small')] }),
    }),
    makeEntry('decided', {
      ...of('mail', 'ses_2'),
      open: decidedOpen({ decision: 'dec_2', tool: 'mail.send', verdict: 'deny' }),
    }),
    makeEntry('message', { ...of('mail', 'ses_2'), open: { from: 'untrusted' } }),
  ]);
  const isAgent = (word: string): boolean => word === 'mail' || word === 'refunds';
  const found = await search({ models, isAgent }, { q, agents: null, limit: 10, ...rest });
  const indexes = found.rows.map(({ index }) => index);
  return { found: [indexes, found.unknown] as const, terms: found.terms };
}

async function find(q: string, rest: Partial<SearchAsked> = {}) {
  return (await look(q, rest)).found;
}

test('search: members and bare words narrow', async () => {
  for (const [q, indexes] of [
    ['', [3, 2, 1, 0]],
    ['deny', [2]],
    ['tool:refund', [1]],
    ['mail', [3, 2]],
    ['agent:mail message', [3]],
    ['ses_1', [1]],
    ['dec_2', [2]],
    ['#3', [3]],
    ['refun', [1]],
    ['sma', [1]],
    ['mail deny index:2', [2]],
    ['boot', [0]],
  ] as const) {
    assert.deepEqual(await find(q), [indexes, []], q);
  }
});

test('search: what cannot be together finds nothing, and what says nothing is told', async () => {
  assert.deepEqual(await find('deny message'), [[], []]);
  assert.deepEqual(await find('index:1 dec_2'), [[], []]);
  assert.deepEqual(await find('nonsense'), [[], ['nonsense']]);
  assert.deepEqual(await find('deny nonsense'), [[2], ['nonsense']]);
  assert.deepEqual(await find('verdict:maybe'), [[], ['verdict:maybe']]);
});

test('search: whoever is for some agents finds nothing of others', async () => {
  assert.deepEqual(await find('', { agents: ['mail'] }), [[3, 2], []]);
  assert.deepEqual(await find('agent:refunds', { agents: ['mail'] }), [[], []]);
  assert.deepEqual(await find('', { agents: ['mail', 'refunds'] }), [[], []]);
  assert.deepEqual(await find('refunds', { agents: ['mail', 'refunds'] }), [[1], []]);
  assert.deepEqual(await find('session:ses_2', { agents: ['mail', 'travel'] }), [[3, 2], []]);
  assert.deepEqual(await find('session:ses_1', { agents: ['mail', 'travel'] }), [[], []]);
});

test('search: how words are understood tells nothing of agents that may not be seen', async () => {
  for (const q of ['refunds', 'refun', 'refund', 'sma', 'small']) {
    assert.deepEqual(await look(q, { agents: ['mail'] }), { found: [[], [q]], terms: {} }, q);
  }
  const own = await look('mail.se', { agents: ['mail', 'desk'] });
  assert.deepEqual(own.terms, { tool: 'mail.send' });
  const both = await look('sma', { agents: ['mail', 'refunds'] });
  assert.deepEqual(both.terms, { rule: 'small' });
});
