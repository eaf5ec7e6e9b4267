import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import { type RogueScene, rogueScene, type Way } from '../../../testing/rogue-scene.ts';

/** What a server does when its tool is called, and what comes of the call whatever the way. */
const MANNERS: Readonly<Record<string, string>> = {
  honest: 'released, ok',
  dies: 'server-gone, unknown',
  'ends-half': 'server-gone, unknown',
  'sends-much': 'too-large, unknown',
  'not-text': 'bad-answer, unknown',
  'is-not-unicode': 'bad-answer, unknown',
  'nests-deep': 'bad-answer, unknown',
  'answers-both': 'bad-answer, unknown',
  lies: 'bad-answer, ok',
  babbles: 'released, ok',
  floods: 'released, ok',
  'answers-twice': 'released, ok',
  'answers-another': 'released, ok',
  'has-a-huge-id': 'released, ok',
  'has-proto': 'released, ok',
  asks: 'released, ok',
  clashes: 'released, ok',
};

const OTHERS = ['hangs', 'is-deaf', 'changes'];

const WAYS: readonly Way[] = ['stdio', 'command', 'url'];
const CALL: JsonObject = { id: 1, method: 'tools/call', params: { name: 'read', arguments: {} } };

function codeIn(line: JsonObject): string {
  const code = /"plumbline\/refusal":\{"code":"([a-z-]+)"/.exec(JSON.stringify(line))?.[1];
  if (code !== undefined) return code;
  return /"text":"done"/.test(JSON.stringify(line)) ? 'released' : JSON.stringify(line);
}

/** Processes that a process started and that still run. */
function childrenOf(pid: number): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [, state, parent] =
        /\) (\S) (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return Number(parent) === pid && state !== 'Z';
    } catch {
      return false;
    }
  });
}

describe('rogue servers', () => {
  let scene: RogueScene;

  before(async () => void (scene = await rogueScene([...Object.keys(MANNERS), ...OTHERS])));
  after(() => scene.close());

  async function comes(way: Way, manner: string): Promise<string> {
    const peer = await scene.open(way, manner);
    peer.ask(CALL);
    const code = codeIn(await peer.answer(1));
    await peer.close();
    return [code, ...(await ended(way, manner))].join(', ');
  }

  // A session whose servers have all ended is closed beside its last answer.
  async function ended(way: Way, manner: string): Promise<readonly string[]> {
    return until(async () => {
      const outcomes = await scene.outcomes(way, manner);
      return outcomes.includes('none') ? undefined : outcomes;
    });
  }

  for (const [manner, expected] of Object.entries(MANNERS)) {
    test(`rogue server: one that ${manner} ends in ${expected}`, async () => {
      verifies('enforce.fail-closed', 'evidence.before-effect');
      const seen = await Promise.all(WAYS.map((way) => comes(way, manner)));
      assert.deepEqual(seen, [expected, expected, expected]);
    });
  }

  test('rogue server: of one that hangs and is cancelled the end is unknown', async () => {
    verifies('enforce.fail-closed');
    const cancelled = async (way: Way): Promise<readonly string[]> => {
      const peer = await scene.open(way, 'hangs');
      peer.ask(CALL);
      await scene.forwarded(way, 'hangs');
      peer.ask({ method: 'notifications/cancelled', params: { requestId: 1 } });
      const seen = await ended(way, 'hangs');
      await peer.close();
      return seen;
    };
    const seen = await Promise.all(WAYS.map(cancelled));
    assert.deepEqual(seen, [['unknown'], ['unknown'], ['unknown']]);
  });

  test('rogue server: one that talks without end and never listens is ended', async () => {
    verifies('enforce.fail-closed');
    const ways = ['stdio', 'command'] as const;
    const seen = await Promise.all(ways.map((way) => comes(way, 'is-deaf')));
    assert.deepEqual(seen, ['server-gone, unknown', 'server-gone, unknown']);
  });

  test('rogue server: one that says that its tool changed is looked at again', async () => {
    verifies('enforce.tool-pinning');
    const changed = async (way: Way): Promise<readonly string[]> => {
      const peer = await scene.open(way, 'changes');
      peer.ask(CALL);
      const first = codeIn(await peer.answer(1));
      // The notice follows the answer, and calls before it was read are still let through.
      let id = 1;
      const second = await until(async () => {
        id += 1;
        peer.ask({ ...CALL, id });
        const code = codeIn(await peer.answer(id));
        return code === 'released' ? undefined : code;
      });
      await peer.close();
      return [first, second];
    };
    for (const way of WAYS) assert.deepEqual(await changed(way), ['released', 'quarantined']);
  });

  test('rogue server: of all of them no process, call or permit is left', async () => {
    verifies('enforce.fail-closed');
    assert.deepEqual(childrenOf(scene.daemon.child.pid ?? 0), []);
    for (const way of WAYS) {
      for (const manner of Object.keys(MANNERS)) {
        assert.doesNotMatch((await scene.outcomes(way, manner)).join(), /none/);
      }
    }
  });
});
