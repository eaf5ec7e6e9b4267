import { verifies } from '@plumbline/testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatDiagnostic } from './diagnostic.ts';
import { loadPact } from './load.ts';
import type { LoadedPact } from './load.ts';

type Files = { readonly [path: string]: string };

function load(files: Files): LoadedPact {
  const result = loadPact('a.yaml', (path) => files[path]);
  assert.ok(result.ok, result.ok ? '' : result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

function faults(files: Files): readonly string[] {
  const result = loadPact('a.yaml', (path) => files[path]);
  return result.ok ? [] : result.error.map(formatDiagnostic);
}

const HEAD = `pact: plumbline/v1
agent: a
purpose: Answer.
owner: a@example.com
autonomy: 2
`;

const CRM = `tools:
  crm.get:
    effect: read
    sensitive: [customer]
    schema:
      type: object
      properties:
        id: { type: string }
        rows: { type: array, items: { type: object, properties: { sum: { type: number } } } }
`;
const ALLOWED = 'allow: [{ id: see, tool: crm.get }]\n';

function faultsOf(rest: string): readonly string[] {
  return faults({ 'a.yaml': `${HEAD}${CRM}${ALLOWED}${rest}` });
}

test('load: what would have no effect is an error that says what would', () => {
  verifies('pact.refuses-to-arm');
  assert.deepEqual(faultsOf('halt_on: [canry]\n'), [
    'a.yaml:16:11: expected one of `canary`, `bypass`, `unlisted_tool`, `role_claim`, ' +
      '`limit_reached`, `connection_refused`, `escape_attempt`, ' +
      'found `canry`, did you mean `canary`?',
  ]);
  assert.deepEqual(faultsOf('tasks: {}\n'), [
    'a.yaml:16:8: `tasks` without a task lets no session act: name one, or drop `tasks`',
  ]);
  const flow = '{ id: f, from: untrusted, to: send, then: deny, approvers: [role:lead] }';
  assert.deepEqual(faultsOf(`flows:\n  - ${flow}\n`), [
    'a.yaml:17:53: `approvers` means nothing with `then: deny`: drop it, or write `then: step_up`',
  ]);
  const asking = '{ id: ask, tool: crm.get, approvers: [b@x.org, b@x.org], quorum: 2 }';
  assert.deepEqual(faultsOf(`step_up:\n  - ${asking}\n`), [
    'a.yaml:17:11: rule `ask` asks 2 people and names 1: lower `quorum`, or name more approvers ' +
      'or a role',
  ]);
});

test('load: a path that is summed or compared does not run through a list', () => {
  verifies('pact.refuses-to-arm');
  const through = 'runs through `args.rows`, a list of crm.get: name a path that holds one value';
  const duplicate = '{ id: twice, tool: crm.get, key: rows.sum, within: 1h }';
  assert.deepEqual(faultsOf(`duplicates:\n  - ${duplicate}\n`), [
    `a.yaml:17:38: \`rows.sum\` ${through}`,
  ]);
  const budget = 'allow: [{ id: see, tool: crm.get, budget: { sum: rows.sum, max: 5, per: day } }]';
  assert.deepEqual(faults({ 'a.yaml': `${HEAD}${CRM}${budget}` }), [
    `a.yaml:15:50: \`rows.sum\` ${through}`,
  ]);
  const money = CRM.replace('    schema:', '    money: rows.sum\n    records: rows\n    schema:');
  assert.deepEqual(faults({ 'a.yaml': `${HEAD}${money}${ALLOWED}` }), [
    `a.yaml:10:12: \`rows.sum\` ${through}`,
  ]);
});

test('load: a task may list hand-offs and what the agent says', () => {
  const rules =
    'allow: [{ id: see, tool: [crm.get, handoff.billing] }, { id: say, output: any }]\n';
  const listed = '[crm.get, handoff.billing, output.*, output.answer, output.message]';
  const tasks = `tasks: { look: { tools: ${listed} } }\n`;
  const { pact } = load({ 'a.yaml': `${HEAD}${CRM}${rules}${tasks}` });
  assert.deepEqual([...(pact.layers[0]?.tasks?.keys() ?? [])], ['look']);
  const wrong = tasks.replace('output.answer', 'output.anser');
  assert.deepEqual(faults({ 'a.yaml': `${HEAD}${CRM}${rules}${wrong}` }), [
    'a.yaml:16:62: `output.anser` is not named as a tool: write `output: any`',
  ]);
});

test('load: a fact is looked up by an argument of a tool that asks for it', () => {
  verifies('pact.refuses-to-arm');
  const more = '  mail.send: { effect: send, schema: { type: object, properties: { to: {} } } }\n';
  const facts = (key: string): string =>
    `facts: { stock: { key: ${key}, max_age: 1h, fields: { left: int } } }\n`;
  const asking = 'exclude: [{ id: gone, tool: crm.get, when: facts.stock.left == 0 }]\n';
  const pact = (key: string): Files => ({
    'a.yaml': `${HEAD}${CRM}${more}${ALLOWED}${asking}${facts(key)}`,
  });
  assert.deepEqual(faults(pact('id')), []);
  assert.deepEqual(faults(pact('to')), [
    'a.yaml:15:3: warning: no rule mentions `mail.send`: allow it, exclude it or drop it',
    'a.yaml:18:24: no tool that asks has an argument `to` to look the fact up by',
  ]);
});

test('load: names to plant and to watch that are nearly known ones are doubtful', () => {
  const rest = 'canaries: { plant: [crn, kb] }\nwatch: { scope_violation: { above: 2% } }\n';
  const { warnings } = load({ 'a.yaml': `${HEAD}${CRM}${ALLOWED}${rest}` });
  assert.deepEqual(warnings.map(formatDiagnostic), [
    'a.yaml:16:21: warning: `crn` is no place to plant canaries, did you mean `crm`?',
    'a.yaml:17:10: warning: `scope_violation` is no signal to watch, did you mean ' +
      '`scope_violations`?',
  ]);
});

test('load: an output class that is nearly a known one is doubtful', () => {
  const rest = 'step_up: [{ id: ask, output: comitment }]\n';
  const { warnings } = load({
    'a.yaml': `${HEAD}${CRM}${ALLOWED}exclude: []\n${rest}`.replace(
      ALLOWED,
      'allow: [{ id: see, tool: crm.get }, { id: say, output: comitment }]\n',
    ),
  });
  assert.deepEqual(warnings.map(formatDiagnostic), [
    'a.yaml:15:56: warning: output class `comitment` is none of the known ones, did you mean ' +
      '`commitment`?',
    'a.yaml:17:30: warning: output class `comitment` is none of the known ones, did you mean ' +
      '`commitment`?',
  ]);
});

test('load: to halt on an unlisted tool is to block it hard', () => {
  const rest = 'unlisted: block_and_replan\n';
  const soft = load({ 'a.yaml': `${HEAD}${CRM}${ALLOWED}${rest}` });
  const hard = load({ 'a.yaml': `${HEAD}${CRM}${ALLOWED}${rest}halt_on: [unlisted_tool]\n` });
  assert.equal(soft.pact.layers[0]?.unlisted, 'block_and_replan');
  assert.equal(hard.pact.layers[0]?.unlisted, 'hard_block');
});

test('load: the Rule of Two turned off in words is no oversight', () => {
  const world = `tools:
  web.fetch: { effect: read, open_world: true }
  crm.get: { effect: read, sensitive: [customer] }
allow: [{ id: all, tool: [web.fetch, crm.get] }]
`;
  const codes = (rest: string): readonly string[] =>
    load({ 'a.yaml': `${HEAD}${world}${rest}` }).warnings.map(({ code }) => code);
  assert.deepEqual(codes(''), ['rule-of-two']);
  assert.deepEqual(codes('rule_of_two: off\n'), []);
});

test('source: UTF-16 is named', () => {
  const wide = HEAD.replaceAll(/[^]/g, '$&\u0000');
  const told = ['a.yaml:1:1: the file is UTF-16: save it as UTF-8'];
  assert.deepEqual(faults({ 'a.yaml': wide }), told);
  assert.deepEqual(faults({ 'a.yaml': `\ufffd\ufffd${wide}` }), told);
});
