import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { STAGES } from '@plumbline/core';

import { verifies } from '../verifies.ts';
import { playVector } from './play-vector.ts';
import { readVectors } from './vector.ts';

const vectors = readVectors();

describe('vectors', () => {
  for (const vector of vectors) {
    test(`${vector.section}: ${vector.name}`, () => {
      assert.equal(playVector(vector, 'kernel'), null, 'kernel');
      assert.equal(playVector(vector, 'reference'), null, 'reference');
    });
  }

  test('every stage decides in some vector', () => {
    verifies('pact.excluded', 'pact.default-deny', 'pact.limits', 'pact.tiers', 'pact.tasks');
    verifies('pact.autonomy', 'pact.flows', 'enforce.hard-block', 'enforce.evaluator-isolation');
    verifies('enforce.dormant', 'enforce.bulk', 'human.checkpoints');
    const text = JSON.stringify(vectors);
    assert.deepEqual(
      STAGES.filter((stage) => !text.includes(`"stage":"${stage}"`)),
      [],
    );
    assert.ok(vectors.length >= 200, `only ${vectors.length} vectors`);
  });
});
