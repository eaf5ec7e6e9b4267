import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';

import type { Run } from '../readers/run.ts';
import { Stop } from '../stop.ts';
import { mapRun, type Mapped } from './map-run.ts';
import { parseManifest } from './parse-manifest.ts';

function runWith(fields: JsonObject): Run {
  return {
    file: 'logs/runs.jsonl',
    line: 7,
    format: 'openai',
    fields,
    labels: {
      kind: 'benign',
      suite: 'none',
      model: 'none',
      attack: null,
      userTask: null,
      injectionTask: null,
      isSolved: false,
      isReplayableAttack: false,
    },
    steps: [],
    callCount: 0,
    attackCalls: new Set(),
  };
}

function mapped(rules: string, fields: JsonObject): Mapped {
  return mapRun(parseManifest(`replay: plumbline/v1\nrules:\n${rules}`, 'm.yaml'), runWith(fields));
}

function stopOf(text: string): string {
  try {
    parseManifest(text, 'm.yaml');
  } catch (cause) {
    if (cause instanceof Stop) return cause.message;
    throw cause;
  }
  return 'no error';
}

test('manifest: every rule that matches applies, and the earlier one stays', () => {
  const rules = `
  - id: banking
    match: { suite: banking }
    agent: banking
    session: { user_name: Emma, region: EU }
  - match: { suite: banking, user_task: [user_task_0, user_task_12] }
    task: pay-bill
    principal: Emma Johnson
    session: { region: US, tier: gold }
  - match: { suite: slack }
    task: other
  - task: fallback`;
  assert.deepEqual(mapped(rules, { suite: 'banking', user_task: 'user_task_12' }), {
    ok: true,
    mapping: {
      rules: ['banking', 'rule 2', 'rule 4'],
      agent: 'banking',
      task: 'pay-bill',
      principal: 'Emma Johnson',
      session: { user_name: 'Emma', region: 'EU', tier: 'gold' },
      user: 'principal',
      system: 'ignored',
      labels: {},
    },
  });
});

test('manifest: a record no rule gives an agent says why it is unmapped', () => {
  const rules = `
  - match: { suite: banking }
    agent: banking
  - match: { suite: slack }
    task: chat`;
  assert.deepEqual(mapped(rules, { suite: 'travel' }), { ok: false, why: 'no rule matches' });
  assert.deepEqual(mapped(rules, { suite: 'slack' }), {
    ok: false,
    why: 'no rule that matches names an agent',
  });
});

test('manifest: null matches what is null or absent, a star any run of characters', () => {
  const rules = `
  - match: { attack: null, model: "claude-*-sonnet*" }
    agent: a`;
  const isMapped = (fields: JsonObject): boolean => mapped(rules, fields).ok;
  assert.equal(isMapped({ model: 'claude-3-5-sonnet-20240620' }), true);
  assert.equal(isMapped({ model: 'claude-3-sonnet', attack: null }), true);
  assert.equal(isMapped({ model: 'claude-3-sonnet', attack: 'direct' }), false);
  assert.equal(isMapped({ model: 'claude-sonnet' }), false);
  assert.equal(isMapped({}), false);
});

test('manifest: fields are members, dotted paths, and members whose name has dots', () => {
  const rules = `
  - match: { gen_ai.agent.name: support, resource.service.name: api, file: runs.jsonl, line: 7 }
    agent: support
    session: { id: "\${metadata.id}", note: "customer \${metadata.id} of \${format}" }`;
  const fields = {
    'gen_ai.agent.name': 'support',
    resource: { 'service.name': 'api' },
    metadata: { id: 42 },
  };
  const found = mapped(rules, fields);
  assert.deepEqual(found.ok && found.mapping.session, { id: 42, note: 'customer 42 of openai' });
});

test('manifest: a template without a value leaves the record unmapped', () => {
  const rules = `
  - agent: a
    session: { id: "\${metadata.id}" }`;
  assert.deepEqual(mapped(rules, {}), { ok: false, why: 'the record has no `metadata.id`' });
});

test('manifest: each mistake is one error with line and column', () => {
  const head = 'replay: plumbline/v1\nrules:\n';
  assert.equal(stopOf('rules: []\n'), 'm.yaml:1:1: `replay: plumbline/v1` is missing');
  assert.equal(stopOf('replay: v2\nrules: []\n'), 'm.yaml:1:9: replay is not `plumbline/v1`');
  assert.equal(stopOf('replay: plumbline/v1\n'), 'm.yaml:1:1: `rules` is missing');
  assert.equal(stopOf(`${head}  agent: a\n`), 'm.yaml:3:3: `rules` is not a list');
  assert.equal(
    stopOf(`${head}  - task: a\n`),
    'm.yaml:3:3: no rule names an `agent`, so no record can be mapped',
  );
  assert.equal(
    stopOf(`${head}  - agnet: a\n`),
    'm.yaml:3:5: unknown key `agnet` of rule 1, ' +
      'one of id, match, agent, task, principal, session, user, system, labels',
  );
  assert.equal(
    stopOf(`${head}  - agent: ../etc\n`),
    'm.yaml:3:12: agent `../etc` is not the name of a pact in the folder',
  );
  assert.equal(
    stopOf(`${head}  - agent: a\n    user: agent\n`),
    'm.yaml:4:11: user is `agent`, not principal or untrusted',
  );
  assert.equal(
    stopOf(`${head}  - agent: a\n    match: { suite: { x: 1 } }\n`),
    'm.yaml:4:21: `suite` is matched with text, a number, true, false or null',
  );
  assert.match(stopOf(`${head}  - agent: [\n`), /^m\.yaml:\d+:\d+: not YAML: /);
  assert.match(stopOf(`${head}  - &a { agent: a }\n  - *a\n`), /^m\.yaml:3:\d+: anchor `&a`/);
});
