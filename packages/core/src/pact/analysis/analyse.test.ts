import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { formatDiagnostic } from '../diagnostic.ts';
import { parsePact } from '../parse.ts';
import { analyse } from './analyse.ts';

const HEAD = `pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer_email: email }
tools:
  orders.get:
    effect: read
    schema:
      type: object
      properties: { id: { type: string }, kind: { type: string, enum: [gold, blue] } }
      required: [id, kind]
  orders.list: { effect: read }
  mail.send:
    effect: send
    schema:
      type: object
      properties: { to: { type: array, items: { type: string } }, size: { type: integer } }
      required: [to]
`;

function told(rules: string): readonly string[] {
  const parsed = parsePact(HEAD + rules, 'desk.pact.yaml');
  assert(parsed.ok, parsed.ok ? '' : parsed.error.map(formatDiagnostic).join('\n'));
  const tools = new Map([...parsed.value.tools].map(([name, { tool }]) => [name, tool]));
  return analyse({ document: parsed.value, tools }).map(formatDiagnostic);
}

describe('analyse', () => {
  it('analyse: a condition no call can meet is unreachable, with the part to blame', () => {
    verifies('pact.refuses-to-arm');
    assert.deepEqual(
      told(`allow:
  - id: bronze
    tool: orders.get
    when: args.id != "x" && args.kind == "bronze"
  - { id: mail, tool: mail.send, when: size(args.to) > 3 && size(args.to) < 3 }
`),
      [
        'desk.pact.yaml:24:29: rule `bronze` can never match a call of `orders.get`: ' +
          '`args.kind == "bronze"` is never true; correct the condition or remove the rule',
        'desk.pact.yaml:25:61: rule `mail` can never match a call of `mail.send`: ' +
          '`size(args.to) > 3` and `size(args.to) < 3` cannot both be true; ' +
          'correct the condition or remove the rule',
      ],
    );
  });

  it('analyse: an allow whose every call is excluded is shadowed', () => {
    verifies('pact.refuses-to-arm');
    assert.deepEqual(
      told(`allow:
  - { id: few, tool: mail.send, when: size(args.to) < 3 }
exclude:
  - { id: not-few, tool: mail.send, when: size(args.to) <= 5 }
`),
      [
        'desk.pact.yaml:22:11: rule `few` never allows anything: every call it matches is ' +
          'excluded by rule `not-few` (desk.pact.yaml:24:11); ' +
          'narrow the exclusion or remove the rule',
      ],
    );
  });

  it('analyse: an allow and an unconditional exclude of one tool contradict each other', () => {
    verifies('pact.refuses-to-arm');
    assert.deepEqual(
      told(`allow:
  - { id: read, tool: [orders.get, orders.list] }
exclude:
  - { id: no-list, tool: orders.list }
`),
      [
        'desk.pact.yaml:22:36: rule `read` allows `orders.list`, and rule `no-list` ' +
          '(desk.pact.yaml:24:11) excludes every call of it; ' +
          'give the exclusion a condition or take the tool out of one of them',
      ],
    );
  });

  it('analyse: a glob less one excluded tool is how to say all but one', () => {
    assert.deepEqual(
      told(`allow:
  - { id: read, tool: orders.* }
exclude:
  - { id: no-list, tool: orders.list }
`),
      [],
    );
  });

  it('analyse: a rule an earlier one implies changes nothing, unless it has limits', () => {
    verifies('pact.refuses-to-arm');
    const wide = '  - { id: wide, tool: mail.send, when: size(args.to) <= 5 }\n';
    const narrow = 'id: narrow, tool: mail.send, when: size(args.to) < 3';
    assert.deepEqual(told(`allow:\n${wide}  - { ${narrow} }\n`), [
      'desk.pact.yaml:23:11: rule `narrow` changes nothing: rule `wide` (desk.pact.yaml:22:11) ' +
        'already covers every call it matches; remove it, or give it a condition the earlier ' +
        'rule does not cover',
    ]);
    assert.deepEqual(told(`allow:\n  - { ${narrow} }\n${wide}`), []);
    const limited = `  - { ${narrow}, limit: { calls: 3, per: day } }\n`;
    assert.deepEqual(told(`allow:\n${wide}${limited}`), []);
  });

  it('analyse: a step_up of what is refused anyway can never take effect', () => {
    verifies('pact.refuses-to-arm');
    assert.deepEqual(
      told(`allow:
  - { id: few, tool: mail.send, when: size(args.to) < 3 }
step_up:
  - { id: many, tool: mail.send, when: size(args.to) > 3, approvers: [role:lead] }
  - { id: lists, tool: orders.list, approvers: [role:lead] }
`),
      [
        'desk.pact.yaml:24:11: rule `many` of `step_up` can never take effect: every call of ' +
          '`mail.send` it is about is already refused; widen `allow` or remove the rule',
        'desk.pact.yaml:25:11: rule `lists` of `step_up` can never take effect: no `allow` rule ' +
          'permits a call of `orders.list`; widen `allow` or remove the rule',
      ],
    );
  });

  it('analyse: a restriction that fails where another does not is not implied', () => {
    assert.deepEqual(
      told(`allow: [{ id: mail, tool: mail.send }]
exclude:
  - { id: empty, tool: mail.send, when: size(args.to) == 0 }
  - { id: big, tool: mail.send, when: size(args.to) == 0 && args.size > 3 }
`),
      [
        'desk.pact.yaml:24:11: rule `big` changes nothing: rule `empty` (desk.pact.yaml:23:11) ' +
          'already covers every call it matches; remove it, or give it a condition the earlier ' +
          'rule does not cover',
      ],
    );
    assert.deepEqual(
      told(`allow: [{ id: mail, tool: mail.send }]
exclude:
  - { id: empty, tool: mail.send, when: size(args.to) == 0 }
  - { id: big, tool: mail.send, when: args.size > 3 }
`),
      [],
    );
  });

  it('analyse: what it cannot decide raises nothing', () => {
    assert.deepEqual(
      told(`allow:
  - { id: odd, tool: mail.send, when: args.size * 2 == 7 }
  - { id: text, tool: orders.get, when: 'args.id.matches("^[a-z]+$")' }
  - { id: other, tool: orders.get, when: 'args.id.matches("^[a-z]{3}$")' }
`),
      [],
    );
  });

  it('analyse: among thousands of rules about one tool, one that says the same is found', () => {
    verifies('pact.refuses-to-arm');
    const rules = Array.from(
      { length: 3000 },
      (_, index) => `  - { id: r${index}, tool: orders.get, when: 'args.id == "${index}"' }\n`,
    );
    const same = '  - { id: same, tool: orders.get, when: \'args.id in ["7"]\' }\n';
    const found = told(
      `allow: [{ id: all, tool: orders.get }]\nexclude:\n${rules.join('')}${same}`,
    );
    assert.deepEqual(found, [
      'desk.pact.yaml:3023:11: rule `same` changes nothing: rule `r7` (desk.pact.yaml:30:11) ' +
        'already covers every call it matches; remove it, or give it a condition the earlier ' +
        'rule does not cover',
    ]);
  });

  it('analyse: globs over many tools of one schema are looked at once', () => {
    const tools = Array.from({ length: 60 }, (_, index) => `  notes.t${index}: { effect: read }\n`);
    const rules = Array.from(
      { length: 300 },
      (_, index) => `  - { id: r${index}, tool: notes.*, when: 'args.n > ${300 - index}' }\n`,
    );
    const last = "  - { id: last, tool: notes.t*, when: 'args.n > 500' }\n";
    const found = told(`${tools.join('')}exclude:\n${rules.join('')}${last}`);
    assert.deepEqual(
      found.map((line) => line.replace(/;.*/, '')),
      [
        'desk.pact.yaml:382:11: rule `last` changes nothing: rule `r0` (desk.pact.yaml:82:11) ' +
          'already covers every call it matches',
      ],
    );
  });

  it('analyse: what is too much to look at ends in one warning that names the rule', () => {
    verifies('pact.refuses-to-arm');
    const either = Array.from(
      { length: 12 },
      (_, index) => `(args.size * ${index} == 1 || args.size * ${index} == 2)`,
    );
    const hard = `${either.join(' && ')} && size(args.to) > 3 && size(args.to) < 3`;
    const rules = Array.from(
      { length: 12 },
      (_, index) =>
        `  - { id: r${index}, tool: mail.send, when: '${hard} && args.size > ${index}' }\n`,
    );
    const same = '  - { id: same, tool: orders.get }\n  - { id: again, tool: orders.get }\n';
    assert.deepEqual(told(`allow:\n${rules.join('')}${same}`), [
      'desk.pact.yaml:29:11: warning: the analysis stopped at rule `r7`: not all rules were ' +
        'checked for whether they ever matter; join rules that differ in one value with `in [...]`',
    ]);
  });
});
