import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import {
  buildConformanceServer,
  conformanceScene,
  runConformance,
  runScenario,
  type Scores,
  tasksScene,
} from '../../../../testing/conformance-scene.ts';
import type { Era } from '../methods.ts';

// What does not pass, and why: without a gateway before it the server does no better.
const NOT_PASSED: Readonly<Record<string, string>> = {
  'tasks-lifecycle': 'the server offers no tasks',
  'tasks-capability-negotiation': 'the server offers no tasks',
  'tasks-wire-fields': 'the server offers no tasks',
  'tasks-request-state-removal': 'the server offers no tasks',
  'tasks-mrtr-input': 'the server offers no tasks',
  'tasks-request-headers': 'the server offers no tasks',
  'tasks-dispatch-and-envelope': 'the server offers no tasks',
  'tasks-required-task-error': 'the server offers no tasks',
  'tasks-mrtr-composition': 'the server offers no tasks',
};

function failing(scores: Scores): readonly string[] {
  return Object.keys(scores).filter((scenario) => (scores[scenario]?.[1] ?? 0) > 0);
}

type Run = {
  readonly what: string;
  readonly era: Era;
  readonly options: readonly string[];
  /** How many scenarios were run, and which fail. */
  readonly expected: readonly [scenarios: number, failing: readonly string[]];
};

const RUNS: readonly Run[] = [
  {
    what: 'all that 2025-06-18 asks passes',
    era: 'legacy',
    options: ['--spec-version', '2025-06-18'],
    expected: [27, []],
  },
  {
    what: 'all that 2025-11-25 requires passes',
    era: 'legacy',
    options: ['--requirements', '2025-11-25'],
    expected: [33, []],
  },
  {
    what: 'the default suite passes',
    era: 'legacy',
    options: [],
    expected: [31, []],
  },
  {
    what: 'all that 2026-07-28 requires passes but tasks, which the server lacks',
    era: 'modern',
    options: ['--requirements', '2026-07-28'],
    expected: [50, Object.keys(NOT_PASSED).toSorted()],
  },
];

describe('mcp conformance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-conformance-'));
  let program: string | null = null;
  let why = '';

  before(async () => {
    const built = await buildConformanceServer(folder);
    if ('path' in built) program = built.path;
    else ({ why } = built);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('mcp conformance: what it asks of tasks passes before a server that has them', async () => {
    verifies('enforce.every-path');
    const scene = await tasksScene();
    try {
      const scores: [string, number, number][] = [];
      for (const scenario of Object.keys(NOT_PASSED)) {
        scores.push([scenario, ...(await runScenario(scene.url, scenario))]);
      }
      assert.deepEqual(
        scores.filter(([, , failed]) => failed > 0),
        [],
      );
      const passed = scores.reduce((sum, [, each]) => sum + each, 0);
      assert.equal(passed, 44);
    } finally {
      await scene.close();
    }
  });

  for (const { what, era, options, expected } of RUNS) {
    test(`mcp conformance: ${what} through the gateway`, async (t) => {
      verifies('enforce.every-path');
      if (program === null) {
        if (process.env['CI'] === 'true') assert.fail(why);
        return t.skip(`NOT CHECKED BY OTHER PEOPLE'S TOOLS: ${why}`);
      }
      const scene = await conformanceScene(program, era);
      try {
        const scores = await runConformance(scene.url, options);
        assert.deepEqual([Object.keys(scores).length, failing(scores).toSorted()], expected);
      } finally {
        await scene.close();
      }
      return undefined;
    });
  }
});
