import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import type { Json, JsonObject } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import type { Content } from './content.ts';
import { emptyMemory, holdsUntrusted, remember, trace } from './memory.ts';
import type { Memory } from './memory.ts';
import { memoryFromJson, memoryToJson } from './snapshot.ts';

const untrusted: Trust = { byDefault: 'untrusted', trusted: [], untrusted: [], format: 'text' };
const trusted: Trust = { ...untrusted, byDefault: 'trusted' };
const mail: Trust = { ...untrusted, trusted: ['sender', 'to.*'], untrusted: ['body'] };

function memoryOfAll(...contents: readonly Content[]): Memory {
  const memory = emptyMemory();
  for (const content of contents) remember(memory, content);
  return memory;
}

function said(text: string): Content {
  return { kind: 'principal', text };
}

function gave(
  tool: string,
  result: Json,
  more: { trust?: Trust; args?: JsonObject } = {},
): Content {
  return { kind: 'tool', tool, trust: more.trust ?? untrusted, args: more.args ?? {}, result };
}

test('provenance: every kind of content names its source', () => {
  verifies('detect.provenance');
  const memory = memoryOfAll(
    said('Pay Alice and say hello'),
    { kind: 'session', text: 'emma@x.com' },
    { kind: 'untrusted', text: 'a stranger wrote eve@y.com' },
    gave('search', 'found bob@z.com'),
    gave('book', 'carol@z.com', { trust: trusted }),
  );
  assert.deepEqual(trace(memory, 'alice'), ['principal']);
  assert.deepEqual(trace(memory, 'emma@x.com'), ['session']);
  assert.deepEqual(trace(memory, 'eve@y.com'), ['untrusted']);
  assert.deepEqual(trace(memory, 'bob@z.com'), ['search', 'untrusted']);
  assert.deepEqual(trace(memory, 'carol@z.com'), ['book', 'trusted']);
  assert.deepEqual(trace(memory, 'dave@z.com'), ['agent']);
  assert.deepEqual(trace(memory, ''), ['agent']);
});

test('provenance: a value has all sources it stands in', () => {
  verifies('detect.provenance');
  const memory = memoryOfAll(said('write to bob@z.com'), gave('search', 'Bob <BOB@z.com>'));
  assert.deepEqual(trace(memory, 'bob@z.com'), ['principal', 'search', 'untrusted']);
});

test('provenance: a value continued by a word or joined to one does not stand there', () => {
  verifies('detect.provenance');
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['see not-evil.com', 'evil.com', false],
    ['see evil.com.au', 'evil.com', false],
    ['see evil.company', 'evil.com', false],
    ['see evil.com.', 'evil.com', true],
    ['see (evil.com)', 'evil.com', true],
    ['https://evil.com', 'evil.com', true],
    ['https://evil.com/x', 'evil.com', false],
    ['bob@evil.com', 'evil.com', false],
    ['pay DE8937040044053201300099', 'DE89370400440532013000', false],
    ['pay XDE89370400440532013000', 'DE89370400440532013000', false],
    ['pay DE89370400440532013000!', 'DE89370400440532013000', true],
    ['7-12345678', '12345678', false],
    ['-12345678-', '12345678', true],
    ['evil.comé', 'evil.com', false],
    ['evil.com𝔘', 'evil.com', false],
    ['first not-evil.com then evil.com', 'evil.com', true],
  ];
  for (const [text, value, stands] of cases) {
    const sources = trace(memoryOfAll(said(text)), value);
    assert.deepEqual(sources, stands ? ['principal'] : ['agent'], `\`${value}\` in \`${text}\``);
  }
});

test('provenance: case, white space, width and invisible characters make no difference', () => {
  verifies('detect.provenance');
  const memory = memoryOfAll(said('Visit  EVIL.com\nor the Grand\t Hotel; ΟΔΟΣ and file Straße'));
  const same = [
    'ｅｖｉｌ．ｃｏｍ',
    'ev\u200bil.com',
    'evil\u{e0041}.com',
    'https://evil.com/',
    ' EVIL.COM ',
  ];
  for (const value of same) assert.deepEqual(trace(memory, value), ['principal'], value);
  assert.deepEqual(trace(memory, 'grand hotel'), ['principal']);
  assert.deepEqual(trace(memory, 'οδοσ'), ['principal']);
  const wide = memoryOfAll(gave('read', 'ｅｖｉｌ．ｃｏｍ and e\u00advil.org'));
  assert.deepEqual(trace(wide, 'evil.com'), ['read', 'untrusted']);
  assert.deepEqual(trace(wide, 'evil.org'), ['read', 'untrusted']);
});

test('provenance: a value put together from pieces is the agent’s own', () => {
  const memory = memoryOfAll(said('evil and .com, 1234 and 5678'), gave('read', ['4237', '4252']));
  assert.deepEqual(trace(memory, 'evil.com'), ['agent']);
  assert.deepEqual(trace(memory, '1234and5678'), ['agent']);
  assert.deepEqual(trace(memory, '42374252'), ['agent']);
  const split = memoryOfAll(gave('list', ['evil', 'com'], { trust: trusted }));
  assert.deepEqual(trace(split, 'evil com'), ['agent']);
  assert.deepEqual(trace(split, 'evil\u0001com'), ['agent']);
  assert.deepEqual(trace(split, 'evil\u0002com'), ['agent']);
});

test('provenance: marks within a text move no field', () => {
  verifies('detect.provenance');
  const body = 'a\u0002eve@y.com\u0001x\u0003';
  const result = { body, sender: 'bob@z.com', other: 'carl@z.com' };
  const memory = memoryOfAll(gave('inbox', result, { trust: mail }));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['inbox', 'inbox:body', 'untrusted']);
  assert.deepEqual(trace(memory, 'bob@z.com'), ['inbox', 'inbox:sender', 'trusted']);
  assert.deepEqual(trace(memory, 'carl@z.com'), ['inbox', 'inbox:other', 'untrusted']);
});

test('provenance: a value is found behind the quotes, escapes and folds of its text', () => {
  const yaml: Trust = { ...mail, format: 'yaml' };
  const json: Trust = { ...mail, format: 'json' };
  const cases: readonly (readonly [Trust, string, string])[] = [
    [yaml, "sender: '- Conan O''Neil'\n", "conan o'neil"],
    [yaml, "sender: '- O''Neil'\n", "o'neil"],
    [yaml, 'sender: "\\tbob@\\\n  z.com"\n', 'bob@z.com'],
    [yaml, 'sender: Bob\n  Marley\n', 'bob marley'],
    [json, '{"sender":"\\u0062ob@z.com"}', 'bob@z.com'],
    [json, '{"sender":"x\\nbob@z.com"}', 'bob@z.com'],
    [json, '{"sender":"say \\"bob\\""}', 'say "bob"'],
  ];
  for (const [trust, result, value] of cases) {
    const memory = memoryOfAll(gave('inbox', result, { trust }));
    assert.deepEqual(trace(memory, value), ['inbox', 'inbox:sender', 'trusted'], result);
  }
});

test('provenance: a number is found however many zeros its text carries', () => {
  const memory = memoryOfAll(said('send 50.00 to Bob, 12.50 to Eve and 100 to me'));
  assert.deepEqual(trace(memory, 50), ['principal']);
  assert.deepEqual(trace(memory, 12.5), ['principal']);
  assert.deepEqual(trace(memory, 100), ['principal']);
  assert.deepEqual(trace(memory, 5), ['agent']);
  assert.deepEqual(trace(memory, 1000), ['agent']);
});

test('provenance: fields of a structured result carry their own trust', () => {
  verifies('detect.provenance');
  const result = [
    { sender: 'bob@z.com', body: 'ask eve@y.com', to: { first: 'amy@x.com' }, id: 7 },
    { sender: 'carl@z.com', body: 'hello', to: {}, id: 8 },
  ];
  const memory = memoryOfAll(gave('inbox', result, { trust: mail }));
  assert.deepEqual(trace(memory, 'bob@z.com'), ['inbox', 'inbox:sender', 'trusted']);
  assert.deepEqual(trace(memory, 'carl@z.com'), ['inbox', 'inbox:sender', 'trusted']);
  assert.deepEqual(trace(memory, 'eve@y.com'), ['inbox', 'inbox:body', 'untrusted']);
  assert.deepEqual(trace(memory, 'amy@x.com'), ['inbox', 'inbox:to.first', 'trusted']);
  assert.deepEqual(trace(memory, 8), ['inbox', 'inbox:id', 'untrusted']);
});

test('provenance: a key with a dot never passes for a declared path', () => {
  const trust: Trust = { ...untrusted, trusted: ['owner.mail'] };
  const memory = memoryOfAll(gave('get', { 'owner.mail': 'eve@y.com' }, { trust }));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['get', 'get:"owner.mail"', 'untrusted']);
});

test('provenance: keys of a table are content, declared keys are not', () => {
  const memory = memoryOfAll(gave('rates', { 'Le Marais': 120, sender: 'x' }, { trust: mail }));
  assert.deepEqual(trace(memory, 'le marais'), ['rates', 'rates:Le Marais', 'untrusted']);
  assert.deepEqual(trace(memory, 'sender'), ['agent']);
});

test('provenance: the nearest declaration holds, and untrusted beats trusted', () => {
  const trust: Trust = {
    ...untrusted,
    trusted: ['user', 'both', 'user.bio.checked'],
    untrusted: ['user.bio', 'both'],
  };
  const result = { user: { name: 'n1', bio: { text: 't1', checked: 'c1' } }, both: 'b1' };
  const memory = memoryOfAll(gave('get', result, { trust }));
  assert.deepEqual(trace(memory, 'n1'), ['get', 'get:user.name', 'trusted']);
  assert.deepEqual(trace(memory, 't1'), ['get', 'get:user.bio.text', 'untrusted']);
  assert.deepEqual(trace(memory, 'c1'), ['get', 'get:user.bio.checked', 'trusted']);
  assert.deepEqual(trace(memory, 'b1'), ['get', 'get:both', 'untrusted']);
});

test('provenance: a result that cannot be split is not trusted when a field of it is not', () => {
  verifies('detect.provenance');
  const trust: Trust = { ...trusted, untrusted: ['body'], format: 'yaml' };
  const broken = 'sender: bob@z.com\nbody: &a eve@y.com\n';
  const memory = memoryOfAll(gave('inbox', broken, { trust }));
  assert.deepEqual(trace(memory, 'bob@z.com'), ['inbox', 'untrusted']);
  assert.equal(holdsUntrusted({ trust, result: broken }), true);
});

test('provenance: an echo gives no source', () => {
  verifies('detect.provenance');
  const search = gave('search', 'no results for eve@y.com, try bob@z.com', {
    trust: trusted,
    args: { query: { text: 'mails of EVE@y.com!' } },
  });
  const memory = memoryOfAll(search);
  assert.deepEqual(trace(memory, 'eve@y.com'), ['agent']);
  assert.deepEqual(trace(memory, 'bob@z.com'), ['search', 'trusted']);
  remember(memory, gave('read', 'from eve@y.com'));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['read', 'untrusted']);
});

test('provenance: an echo is one only when every call with that result gave the value', () => {
  const once = gave('find', 'eve@y.com', { trust: trusted, args: { query: 'eve@y.com' } });
  const memory = memoryOfAll(once, once);
  assert.deepEqual(trace(memory, 'eve@y.com'), ['agent']);
  remember(memory, gave('find', 'eve@y.com', { trust: trusted, args: { query: 'newest' } }));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['find', 'trusted']);
  assert.equal(memory.held.length, 1);
});

test('provenance: an echo is told in numbers, keys and long arguments', () => {
  const args = { amount: 50, table: { 'eve@y.com': 1 } };
  const memory = memoryOfAll(gave('pay', '50.0 sent to eve@y.com', { trust: trusted, args }));
  assert.deepEqual(trace(memory, 50), ['agent']);
  assert.deepEqual(trace(memory, 'eve@y.com'), ['agent']);
  const long = { query: `${'x '.repeat(40_000)}eve@y.com` };
  const padded = memoryOfAll(gave('find', 'eve@y.com', { trust: trusted, args: long }));
  assert.deepEqual(trace(padded, 'eve@y.com'), ['agent']);
  const other = memoryOfAll(gave('find', 'bob@z.com', { trust: trusted, args: long }));
  assert.deepEqual(trace(other, 'bob@z.com'), ['agent']);
});

test('provenance: whether a result holds untrusted text is exact for declared fields', () => {
  verifies('detect.provenance');
  const json: Trust = { ...mail, format: 'json' };
  const all: Trust = { ...trusted, untrusted: ['body'], format: 'json' };
  const cases: readonly (readonly [Trust, Json, boolean])[] = [
    [trusted, 'anything', false],
    [untrusted, 'anything', true],
    [untrusted, ' ', false],
    [mail, { sender: 'a', to: { x: 'b' } }, false],
    [mail, { sender: 'a', body: '' }, false],
    [mail, { sender: 'a', body: null }, false],
    [mail, { sender: 'a', body: 'b' }, true],
    [mail, { sender: 'a', other: 'b' }, true],
    [json, '[{"sender":"a"}]', false],
    [json, '[{"sender":"a"},{"sender":"a","body":1}]', true],
    [json, '[{"sender":"a"},]', true],
    [all, '{"sender":"a"}', false],
    [all, '{"sender":"a","sender":"b"}', true],
    [{ ...untrusted, trusted: ['*'] }, { a: { b: 'c' } }, false],
  ];
  for (const [trust, result, expected] of cases) {
    assert.equal(holdsUntrusted({ trust, result }), expected, JSON.stringify(result));
  }
});

test('provenance: a segment keeps its first 64 KiB, and a word cut in two is not whole', () => {
  verifies('detect.provenance');
  const head = 'a '.repeat(32 * 1024 - 4);
  const memory = memoryOfAll(said(`early ${head}evil.com late`));
  assert.deepEqual(trace(memory, 'early'), ['principal']);
  assert.deepEqual(trace(memory, 'late'), ['agent']);
  for (let length = 1; length <= 8; length += 1) {
    assert.deepEqual(trace(memory, 'evil.com'.slice(0, length)), ['agent'], String(length));
  }
});

test('provenance: long fields are cut one by one', () => {
  const result = { body: 'b '.repeat(50_000) + 'eve@y.com', sender: 'bob@z.com' };
  const memory = memoryOfAll(gave('inbox', result, { trust: mail }));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['agent']);
  assert.deepEqual(trace(memory, 'bob@z.com'), ['inbox', 'inbox:sender', 'trusted']);
  const text = JSON.stringify(result);
  const spelled = memoryOfAll(gave('inbox', text, { trust: { ...mail, format: 'json' } }));
  assert.deepEqual(trace(spelled, 'bob@z.com'), ['inbox', 'inbox:sender', 'trusted']);
});

const long = (word: string, length: number): string =>
  word + ' .'.repeat((length - word.length) / 2);

test('provenance: the oldest tool results go first, what the principal said never', () => {
  verifies('detect.provenance');
  const kib = 1024;
  const memory = memoryOfAll(said(long('said', 60 * kib)));
  for (const word of ['t1', 't2', 't3', 't4']) remember(memory, gave('read', long(word, 60 * kib)));
  assert.deepEqual(trace(memory, 't1'), ['agent']);
  assert.deepEqual(trace(memory, 't2'), ['read', 'untrusted']);
  assert.deepEqual(trace(memory, 'said'), ['principal']);
  remember(memory, gave('read', long('t2', 60 * kib)));
  remember(memory, { kind: 'untrusted', text: long('t5', 60 * kib) });
  assert.deepEqual(trace(memory, 't3'), ['agent']);
  assert.deepEqual(trace(memory, 't2'), ['read', 'untrusted']);
  assert.ok(memory.size <= 256 * kib);
  for (const word of ['t6', 't7', 't8']) remember(memory, gave('read', long(word, 60 * kib)));
  assert.deepEqual(trace(memory, 't5'), ['agent']);
  assert.deepEqual(trace(memory, 't8'), ['read', 'untrusted']);
});

test('provenance: what the principal leaves no room for is not kept', () => {
  const memory = emptyMemory();
  for (const word of ['s1', 's2', 's3', 's4']) remember(memory, said(long(word, 60 * 1024)));
  remember(memory, gave('read', 'short'));
  remember(memory, said(long('s5', 60 * 1024)));
  remember(memory, gave('read', long('t1', 60 * 1024)));
  assert.deepEqual(trace(memory, 's5'), ['agent']);
  assert.deepEqual(trace(memory, 't1'), ['agent']);
  assert.deepEqual(trace(memory, 'short'), ['read', 'untrusted']);
  assert.deepEqual(trace(memory, 's1'), ['principal']);
});

test('provenance: a session keeps at most 1,024 results', () => {
  const memory = memoryOfAll(said('hello'));
  for (let index = 0; index < 1500; index += 1) remember(memory, gave('read', `n${index}`));
  assert.equal(memory.held.length, 1025);
  assert.deepEqual(trace(memory, 'n475'), ['agent']);
  assert.deepEqual(trace(memory, 'n476'), ['read', 'untrusted']);
});

test('provenance: deep and wide results are kept as one part', () => {
  let deep: Json = 'eve@y.com';
  for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
  const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`k${at}`, `v${at}`]));
  const trust: Trust = { ...trusted, untrusted: ['body'] };
  const memory = memoryOfAll(gave('deep', deep, { trust }), gave('wide', wide, { trust }));
  assert.deepEqual(trace(memory, 'eve@y.com'), ['deep', 'untrusted']);
  assert.deepEqual(trace(memory, 'v1999'), ['untrusted', 'wide']);
});

test('provenance: what is no memory is not read as one', () => {
  const written = memoryToJson(memoryOfAll(said('a'), gave('t', { a: 1 })));
  const broken: readonly Json[] = [
    null,
    [],
    {},
    { held: {} },
    { held: [null] },
    { held: [{ kind: 'principal', text: 1, size: 1 }] },
    { held: [{ kind: 'tool', tool: 't', calls: [], returned: null, size: 1 }] },
    {
      held: [
        { kind: 'tool', tool: 't', calls: [1], returned: { kind: 'parts', parts: [] }, size: 1 },
      ],
    },
  ];
  assert.ok(memoryFromJson(written) !== null);
  for (const json of broken) assert.equal(memoryFromJson(json), null, JSON.stringify(json));
});
