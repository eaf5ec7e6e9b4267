import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { FOUND } from '../../../testing/fake-approvals.ts';
import { rowOfAsk } from '../../services/approval-rows.ts';
import { renderCase, renderNote } from './approval-page.ts';

const HOSTILE = '"><script>alert(1)</script>\u202e&';

test('page: what an agent or a stranger wrote is text and nothing else', () => {
  verifies('human.approval-facts');
  const argument = {
    path: HOSTILE,
    value: HOSTILE,
    isCut: false,
    isPart: false,
    sources: [HOSTILE],
  };
  const html = renderCase(
    {
      ...rowOfAsk({ ...FOUND, ask: { ...FOUND.ask, tool: HOSTILE } }),
      sealed: 'opened',
      principal: HOSTILE,
      request: HOSTILE,
      action: { tool: HOSTILE, args: { note: HOSTILE } },
      why: [{ stage: 'step_up', rule: 'large', say: HOSTILE }],
      gathered: {
        tool: null,
        money: null,
        records: null,
        arguments: [{ ...argument, standing: 'untrusted' }],
        isEveryArgument: true,
        facts: [
          {
            name: HOSTILE,
            value: { seen: HOSTILE },
            source: HOSTILE,
            observedAtMs: 1,
            ageMs: 1,
            isFresh: false,
          },
        ],
        missing: [HOSTILE],
        session: { task: HOSTILE, room: null, labels: [HOSTILE], claims: [], refusals: 0 },
      },
      agentSays: { note: 'the agent says', arguments: [{ ...argument, standing: 'agent' }] },
      usual: null,
      equal: [],
      cast: [],
    },
    HOSTILE,
  );
  assert.ok(!html.includes('<script'));
  assert.ok(!html.includes('\u202e'));
  assert.ok(html.indexOf('What was gathered') < html.indexOf("On the agent's word alone"));
});

test('page: a note is text as well', () => {
  assert.ok(!renderNote(HOSTILE, HOSTILE).includes('<script'));
});
