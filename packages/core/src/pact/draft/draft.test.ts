import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import type { JsonObject } from '../../json.ts';
import { formatDiagnostic } from '../diagnostic.ts';
import { loadPact } from '../load.ts';
import type { LoadedPact } from '../load.ts';
import { draftPact } from './draft.ts';
import type { DraftRequest, DraftRun, DraftTool } from './request.ts';

const text = { type: 'string' } as const;

function tool(name: string, description: string, properties: JsonObject): DraftTool {
  const inputSchema = { type: 'object', properties, required: Object.keys(properties) };
  return { name, description, inputSchema };
}

const tools: readonly DraftTool[] = [
  tool('orders.get', 'Returns one order.', { order_id: text }),
  tool('tickets.read', 'Reads a support ticket.', { id: text }),
  tool('refunds.create', 'Creates a refund for an order.', {
    order_id: text,
    account: text,
    amount: { type: 'number' },
    note: text,
  }),
  tool('mail.send', 'Sends an e-mail.', { to: { type: 'array', items: text }, body: text }),
  tool('users.purge', 'Purges a user.', { user: text }),
  { name: 'frobnicate', description: 'Frobnicates.', inputSchema: null },
];

const runs: readonly DraftRun[] = [
  {
    task: 'refund',
    principalText: 'Please refund order A-778 for me.',
    calls: [
      {
        tool: 'orders.get',
        args: { order_id: 'A-778' },
        result: { iban: 'DE02120300000000202051' },
      },
      {
        tool: 'refunds.create',
        args: { order_id: 'A-778', account: 'DE02120300000000202051', amount: 12, note: 'late' },
        result: { ok: true },
      },
    ],
  },
  {
    task: 'answer-ticket',
    principalText: 'Answer ticket 91.',
    calls: [
      {
        tool: 'tickets.read',
        args: { id: '91' },
        result: { id: '91', sender: 'kim@customers.example', text: 'where is my parcel' },
      },
      {
        tool: 'mail.send',
        args: { to: ['kim@customers.example'], body: 'It is on its way.' },
        result: 'sent',
      },
    ],
  },
];

const request: DraftRequest = {
  agent: 'desk',
  purpose: 'Help customers with orders.',
  owner: 'desk@example.com',
  tools,
  tasks: [
    { name: 'refund' },
    { name: 'answer-ticket' },
    { name: 'mail-somebody', description: 'Send somebody a mail.' },
  ],
  runs,
  unlisted: 'block_and_replan',
};

function load(yaml: string): LoadedPact {
  const loaded = loadPact('draft.yaml', (path) => (path === 'draft.yaml' ? yaml : undefined));
  assert(loaded.ok, loaded.ok ? '' : `${loaded.error.map(formatDiagnostic).join('\n')}\n${yaml}`);
  return loaded.value;
}

describe('draftPact', () => {
  const loaded = load(draftPact(request));
  const [layer] = loaded.pact.layers;

  it('draft: effects come from hints, then names, then the cautious guess', () => {
    const effects = [...loaded.pact.tools.values()].map(({ name, effect }) => [name, effect]);
    assert.deepEqual(effects, [
      ['orders.get', 'read'],
      ['tickets.read', 'read'],
      ['refunds.create', 'write'],
      ['mail.send', 'send'],
      ['users.purge', 'write'],
      ['frobnicate', 'write'],
    ]);
  });

  it('draft: what strangers write is untrusted, less what the system fills in', () => {
    const trust = loaded.pact.tools.get('tickets.read')?.trust;
    assert.deepEqual(trust, {
      byDefault: 'untrusted',
      trusted: ['id'],
      untrusted: [],
      format: 'json',
    });
    assert.equal(loaded.pact.tools.get('orders.get')?.trust.byDefault, 'trusted');
  });

  it('draft: a task gets what its runs used and every read; no effect nobody used', () => {
    assert.deepEqual(layer?.tasks?.get('refund')?.tools, [
      'orders.get',
      'tickets.read',
      'refunds.create',
    ]);
    assert.deepEqual(layer?.rulesFor('users.purge').allow, []);
  });

  it('draft: a task without runs gets the tools its words name', () => {
    assert.deepEqual(layer?.tasks?.get('mail-somebody')?.tools, [
      'orders.get',
      'tickets.read',
      'mail.send',
    ]);
  });

  it('draft: arguments may come from the kinds of source the runs showed', () => {
    const sources = layer?.tasks?.get('answer-ticket')?.sources.find(({ path }) => path === 'to');
    assert.deepEqual(sources?.sources, ['principal', 'session', 'trusted', 'tickets.read:sender']);
    const guarded = layer?.tasks?.get('refund')?.sources.map(({ path }) => path);
    assert.deepEqual(guarded, ['order_id', 'account']);
  });

  it('draft: only tasks whose runs relay strangers identifiers are spared the question', () => {
    assert.equal(layer?.flows[0]?.unless?.text, 'task in ["answer-ticket"]');
  });

  it('draft: members of objects and lists in arguments are guarded as arguments are', () => {
    const person = { type: 'object', properties: { name: text, note: text, when: text } };
    const paid = { type: 'object', properties: { account_id: text, amount: { type: 'number' } } };
    const book = tool('certificates.issue', 'Issues.', {
      owner: person,
      payments: { type: 'array', items: paid },
    });
    const drafted = draftPact({
      agent: 'a',
      tools: [book],
      tasks: [{ name: 'issue certificates' }],
    });
    assert.match(drafted, /certificates\.issue\.owner\.name: \[/);
    assert.match(drafted, /certificates\.issue\.payments\.account_id: \[/);
    assert.doesNotMatch(drafted, /owner\.(note|when)|amount: \[/);
    load(drafted);
  });

  it('draft: what runs programs has the effect of the program, known by fact', () => {
    const bash = tool('execute_bash', 'Execute a command.', { command: text });
    const edit = tool('edit_file', 'Edits a file.', {
      path: text,
      command: { type: 'string', enum: ['view', 'create'] },
    });
    const drafted = draftPact({ agent: 'a', tools: [bash, edit], tasks: [] });
    const declared = load(drafted).pact.tools;
    assert.equal(declared.get('execute_bash')?.effect, null);
    assert.equal(declared.get('execute_bash')?.effectFrom, 'command');
    assert.equal(declared.get('edit_file')?.effect, 'write');
    assert.doesNotMatch(drafted, /execute_bash\.command: \[/);
  });

  it('draft: a category is spelled as the tool spells it', () => {
    const drafted = draftPact({
      agent: 'a',
      tools: [tool('send_certificates', 'Sends certificates.', { user: text })],
      tasks: [{ name: 'send certificates' }],
    });
    assert.match(drafted, /category: certificate,/);
  });

  it('draft: no value of a run reaches the pact', () => {
    const yaml = draftPact(request);
    for (const value of ['A-778', 'DE0212', 'kim@', 'late', 'parcel', 'on its way', '91']) {
      assert(!yaml.includes(value), value);
    }
  });

  it('draft: the same request gives the same text', () => {
    assert.equal(draftPact(request), draftPact(structuredClone(request)));
  });
});

const names = fc.oneof(
  fc.constantFrom('get_user', 'mail.send', 'a:b', 'x/y', '', 'output.message', 'on', '1e3', 'a..b'),
  fc.string({ maxLength: 12 }),
);
const schemas = fc.oneof(
  fc.constant(null),
  fc
    .dictionary(
      fc.oneof(names, fc.constantFrom('to', 'url', 'body')),
      fc.oneof(
        fc.constant({ type: 'string' }),
        fc.constant({ type: ['string', 'null'], description: 'x\ny' }),
        fc.constant({ anyOf: [{ type: 'integer', maximum: 1e300 }, { enum: ['a', '\u2028'] }] }),
        fc.jsonValue(),
      ),
    )
    .map((properties) => ({ type: 'object', properties })),
  fc.constant({ type: 'string' }),
);

describe('draftPact, by properties', () => {
  it('draft: loads without an error, whatever it is drafted from', () => {
    verifies('pact.refuses-to-arm');
    const drafts = fc.record({
      agent: names,
      purpose: fc.string(),
      owner: fc.string(),
      tools: fc.array(fc.record({ name: names, description: fc.string(), inputSchema: schemas }), {
        maxLength: 5,
      }),
      tasks: fc.array(fc.record({ name: names, description: fc.string() }), { maxLength: 3 }),
      runs: fc.array(
        fc.record({
          task: names,
          principalText: fc.string(),
          calls: fc.array(
            fc.record({
              tool: names,
              args: fc.dictionary(fc.constantFrom('to', 'url'), fc.jsonValue()),
              result: fc.jsonValue(),
            }),
            { maxLength: 3 },
          ),
        }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(drafts, (made) => {
        // JSON through and through: a request arrives as parsed JSON.
        load(draftPact(JSON.parse(JSON.stringify(made)) as DraftRequest));
      }),
      { numRuns: 300 },
    );
  });
});
