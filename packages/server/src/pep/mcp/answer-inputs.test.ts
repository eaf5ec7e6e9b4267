import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';

import { answerInputs } from './answer-inputs.ts';
import type { ResponseBody } from './message.ts';

const done = (result: JsonObject): ResponseBody => ({ kind: 'result', result });
const wanted = (key: string, requestState?: string): ResponseBody =>
  done({
    resultType: 'input_required',
    inputRequests: { [key]: { method: 'elicitation/create', params: { message: `${key}?` } } },
    ...(requestState === undefined ? {} : { requestState }),
  });

test('inputs: the client is asked for each, and its replies are sent', async () => {
  const asked: Json[] = [];
  const sent: JsonObject[] = [];
  const answers = [wanted('age'), done({ resultType: 'complete', content: [] })];
  const body = await answerInputs(wanted('name', 's1'), {
    ask: async ({ params }) => {
      asked.push(params);
      return done({ action: 'accept', content: {} });
    },
    send: async (more) => {
      sent.push(more);
      return answers.shift() ?? wanted('more');
    },
  });
  assert.deepEqual(asked, [{ message: 'name?' }, { message: 'age?' }]);
  const reply = { action: 'accept', content: {} };
  assert.deepEqual(sent, [
    { inputResponses: { name: reply }, requestState: 's1' },
    { inputResponses: { age: reply } },
  ]);
  assert.deepEqual(body, done({ resultType: 'complete', content: [] }));
});

test('inputs: a client that cannot be asked and endless questions end it', async () => {
  const error = { code: -32601, message: 'no' };
  const unasked = await answerInputs(wanted('name'), {
    ask: async () => ({ kind: 'error', error }),
    send: () => assert.fail('nothing is sent'),
  });
  assert.equal(unasked.kind, 'error');
  let rounds = 0;
  const endless = await answerInputs(wanted('name'), {
    ask: async () => done({ action: 'cancel' }),
    send: async () => wanted(`q${(rounds += 1)}`),
  });
  assert.equal(rounds, 8);
  assert.equal(endless.kind, 'result');
});
