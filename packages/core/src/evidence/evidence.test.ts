import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';
import { runs, sceneOf } from '@plumbline/testkit';

import { canonical } from '../canonical.ts';
import type { Json, JsonObject } from '../json.ts';
import { agentEvents, anyObject, digest, sessionEvents } from '../../testing/any-event.ts';
import type { Entry } from './entry.ts';
import { eventOf, eventsOf, isSecretOf } from './event-of.ts';
import { formatEntry } from './format.ts';
import { parseAnySpelling, parseEntry } from './parse.ts';
import { partsOf, type RecordedEvent } from './parts.ts';

const encode = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const head = 'pact: plumbline/v1\nagent: a\nowner: o@example.com\npurpose: tests\nautonomy: 3\n';
const pactText = `${head}tools:
  t: { effect: read }
  mail: { effect: send }
allow:
  - id: t
    tool: t
    limit: { calls: 3, per: day }
`;
const pact = sceneOf(pactText).pact;
const at = 1_767_225_600_000;

const agentKinds = ['armed', 'halt', 'resume', 'lock', 'unlock'];

function entryOf(event: RecordedEvent, open: JsonObject): Entry {
  const session = agentKinds.includes(event.kind) ? null : 'ses_1';
  const { kind } = event;
  return { v: 1, at, kind, agent: 'a', session, n: 0, prev: null, open, sealed: null };
}

const parsed = (entry: Entry): Entry => {
  const read = parseEntry(encode(formatEntry(entry)));
  assert.ok(read.ok, read.ok ? '' : `${read.error}: ${formatEntry(entry)}`);
  return read.value;
};

describe('entries', () => {
  test('every event comes back from its entry and its secret as it was', () => {
    fc.assert(
      fc.property(fc.oneof(sessionEvents(at, 'ses_1'), agentEvents(at)), (event) => {
        const { open, secret } = partsOf(event, { pact });
        const entry = parsed(entryOf(event, open));
        // It was printed from an object a line before.
        const read = secret === null ? null : (JSON.parse(canonical(secret)) as JsonObject);
        if (read !== null) assert.ok(isSecretOf(entry, read), canonical(read));
        assert.deepEqual(eventOf(entry, read), event);
      }),
      { numRuns: runs(400) },
    );
  });

  test('an entry is printed as canonical JSON, whatever its members hold', () => {
    const sealed = { subject: 'sub_1', nonce: 'AA==', mac: 'BB==' };
    fc.assert(
      fc.property(anyObject, fc.string({ unit: 'binary' }), (open, agent) => {
        const trace = { traceId: agent, spanId: '1' };
        const base = { v: 1, at, kind: 'conflict', session: null, n: 3, prev: agent } as const;
        for (const entry of [
          { ...base, agent, open, sealed: null, trace },
          { ...base, agent: null, open, sealed: { ...sealed, text: agent } },
          { ...base, agent, open, sealed: { ...sealed, blob: { digest: agent, size: 1 } } },
        ]) {
          assert.equal(formatEntry(entry), canonical(entry));
        }
      }),
    );
  });

  test('an entry in another spelling is read by whoever lists it, a damaged one is not', () => {
    const place = { agent: 'a', session: 'ses_1', n: 0, prev: null } as const;
    const open = { decision: null };
    const entry: Entry = { v: 1, at, kind: 'conflict', ...place, open, sealed: null };
    const printed = formatEntry(entry);
    const spelled = encode(JSON.stringify(entry, null, 1));
    assert.equal(parseEntry(spelled).ok, false);
    assert.deepEqual(parseAnySpelling(spelled), { ok: true, value: entry });
    for (const damaged of ['"v":1', '"n":0'].map((part) => printed.replace(part, `${part}9`))) {
      assert.equal(parseAnySpelling(encode(damaged)).ok, false, damaged);
    }
  });

  test('nothing an event says of a person stands open', () => {
    const person = 'Ada Lovelace';
    const args = { to: person };
    const action = { id: person, session: 's', tool: person, args, digest };
    const decision = { at, verdict: { kind: 'deny', say: person } } as const;
    const rest = { charges: [], reserves: [], spends: [], obligations: [], readSet: { a: person } };
    const because = [{ stage: 'task', rule: 'task:x', kind: 'deny', say: person }] as const;
    const marks = [{ key: person, untilMs: 1 }];
    const whole = { ...decision, ...rest, because, marks };
    const told: readonly RecordedEvent[] = [
      { kind: 'decided', at, id: 'd', action, facts: [], decision: whole },
      { kind: 'message', at, session: 's', from: 'principal', text: person },
      {
        kind: 'session_opened',
        at,
        session: 's',
        principal: person,
        task: person,
        room: person,
        attributes: { name: person },
        openedBy: 'key_1',
      },
    ];
    for (const event of told) {
      const { open, secret } = partsOf(event, { pact, name: person });
      assert.doesNotMatch(canonical(open), /Ada/);
      assert.match(canonical(secret), /Ada/);
    }
  });

  test('an outcome repeats of its decision only what differs', () => {
    const call = { tool: 't', args: { a: 1 } };
    const base = { kind: 'outcome', at, decision: 'd', session: 'ses_1', records: null } as const;
    const event = { ...base, ...call, status: 'ok', result: 'fine' } as const;
    const { open, secret } = partsOf(event, { call });
    assert.deepEqual(secret, { result: 'fine' });
    assert.deepEqual(eventOf(entryOf(event, open), secret, call), event);
    const other = { ...event, args: { a: 2 } };
    assert.deepEqual(partsOf(other, { call }).secret, { args: { a: 2 }, result: 'fine' });
  });

  test('what was erased is folded from what is open, as a stranger who read anything', () => {
    const scene = sceneOf(pactText).open({
      session: 'ses_1',
    });
    const { decision, id, action } = scene.propose({
      tool: 't',
      args: { to: 'Ada' },
      session: 'ses_1',
    });
    const event = { kind: 'decided', at, id, action, facts: [], decision } as const;
    const { open } = partsOf(event, { pact: scene.pact });
    const [folded] = eventsOf(parsed(entryOf(event, open)), null);
    assert.ok(folded?.kind === 'decided');
    assert.equal(folded.decision.verdict.kind, decision.verdict.kind);
    assert.deepEqual(folded.decision.reserves, decision.reserves);
    assert.deepEqual(folded.decision.marks, []);
    const opening = {
      kind: 'session_opened',
      at,
      session: 'ses_1',
      principal: 'Ada',
      task: null,
      room: null,
      attributes: { name: 'Ada' },
      openedBy: 'key_1',
    } as const;
    const erased = eventsOf(parsed(entryOf(opening, partsOf(opening).open)), null);
    assert.deepEqual(
      erased.map(({ kind }) => kind),
      ['session_opened', 'message'],
    );
    assert.doesNotMatch(JSON.stringify(erased), /Ada/);
  });
});

describe('reading entries', () => {
  const entry = { ...entryOf({ kind: 'finding', at, session: 'ses_1', name: 'x' }, { name: 'x' }) };
  const good = formatEntry(entry);
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a duplicate member', good.replace('"n":0', '"n":0,"n":0'), /canonical/],
    ['white space', good.replace('"n":0', '"n": 0'), /canonical/],
    ['another order', good.replace(/\{"agent":"a",(.*)\}$/, '{$1,"agent":"a"}'), /canonical/],
    ['a number spelled otherwise', good.replace('"n":0', '"n":0e0'), /canonical/],
    ['minus zero', good.replace('"n":0', '"n":-0'), /canonical/],
    ['an escape nobody needs', good.replace('"x"', String.raw`"\u0078"`), /canonical/],
    ['half a surrogate pair', good.replace('"x"', String.raw`"\ud800"`), /surrogate/],
    ['a name that is half a pair', good.replace('"x"}', String.raw`"x","\ud800":1}`), /surrogate/],
    ['an unknown member', good.replace('"v":1', '"v":1,"w":1'), /envelope/],
    ['a member missing', good.replace('"n":0,', ''), /envelope/],
    ['another version', good.replace('"v":1', '"v":2'), /`v`/],
    ['an unknown kind', good.replace('"finding"', '"found"'), /kind/],
    ['a session without an agent', good.replace('"agent":"a"', '"agent":null'), /session/],
    ['a kind in a wrong chain', good.replace('"session":"ses_1"', '"session":null'), /chain/],
    ['another open part', good.replace('"name":"x"', '"name":1'), /open part/],
    [
      'a first entry with `prev`',
      good.replace('"prev":null', `"prev":"${'A'.repeat(43)}="`),
      /prev/,
    ],
    ['text after it', `${good}\n`, /canonical/],
    ['a byte order mark', `\uFEFF${good}`, /JSON/],
    ['a list', '[]', /JSON object/],
    ['nothing', '', /JSON object/],
  ];
  for (const [what, spelled, why] of refused) {
    test(`refuses ${what}`, () => {
      const read = parseEntry(encode(spelled));
      assert.ok(!read.ok);
      assert.match(read.error, why);
    });
  }

  test('refuses whole numbers past 2^53 - 1, deep nesting, bytes that are not UTF-8', () => {
    const read = (open: Json): string => {
      // Only the reader can say that this is no open part.
      const made = { ...entry, kind: 'shadowed', open: open as JsonObject } as const;
      const said = parseEntry(encode(formatEntry(made)));
      return said.ok ? '' : said.error;
    };
    assert.match(read({ a: [2 ** 53] }), /2\^53/);
    assert.equal(read({ a: [2 ** 53 - 1, 0.5, 1e-7] }), '');
    let deep: Json = 1;
    for (let level = 0; level < 70; level += 1) deep = [deep];
    assert.match(read({ deep }), /nests/);
    assert.equal(read({ flat: Array.from({ length: 200 }, () => ['[[[[']) }), '');
    assert.match(read({ half: '\ud800' }), /surrogate/);
    const bad = Uint8Array.of(...encode(good).subarray(0, 20), 0xff);
    assert.deepEqual(parseEntry(bad), { ok: false, error: 'is not UTF-8' });
    assert.ok(!parseEntry(new Uint8Array(70_000)).ok);
  });

  test('never throws, whatever one byte becomes', () => {
    const bytes = encode(good);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (place, byte) => {
        const changed = bytes.slice();
        changed[place] = byte;
        const read = parseEntry(changed);
        if (read.ok) assert.equal(formatEntry(read.value), Buffer.from(changed).toString());
      }),
    );
  });
});
