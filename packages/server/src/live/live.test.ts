import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';

import type { Sequencer } from '../ledger/sequencer.ts';
import { type Live, openLive } from './live.ts';
import type { Watch } from './watcher.ts';

/** A log of entries that tests add. */
function memoryLog(): Pick<Sequencer, 'read' | 'status' | 'onDurable'> & {
  readonly add: (agent: string | null, count?: number) => void;
} {
  const entries: Uint8Array[] = [];
  const listeners = new Set<(size: number) => void>();
  return {
    add: (agent, count = 1) => {
      for (let each = 0; each < count; each += 1) {
        const open = agent === null ? {} : { pact: `sha256:${'ab'.repeat(32)}` };
        const kind = agent === null ? 'shutdown' : 'armed';
        const entry = {
          agent,
          at: 5,
          kind,
          n: 0,
          open,
          prev: null,
          sealed: null,
          session: null,
          v: 1,
        };
        entries.push(Buffer.from(JSON.stringify(entry)));
      }
      for (const listener of listeners) listener(entries.length);
    },
    read: (from, limit) => Promise.resolve(entries.slice(from, from + limit)),
    status: () => ({
      origin: 'log.example',
      nextIndex: entries.length,
      durableSize: entries.length,
      publishedSize: 0,
      checkpointAt: null,
      stopped: null,
    }),
    onDurable: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Told = { readonly event: string; readonly id: string | null; readonly data: Said };
type Said = {
  readonly index?: number;
  readonly from?: number;
  readonly to?: number;
  readonly rows?: readonly { readonly index: number; readonly agent: string | null }[];
};

const servers: http.Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Watches over a real connection; `until` resolves with all events once the test of them holds. */
async function watch(live: Live, asked: Partial<Watch> = {}) {
  const opened = live.watch({ by: 'k', after: null, agents: null, isGood: () => true, ...asked });
  assert.ok(opened);
  const server = http.createServer((_request, response) => opened(response)).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  // A listening server has an address with a port.
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const events = (): Told[] => text.split('\n\n').slice(0, -1).flatMap(parse);
  const until = async (holds: (told: readonly Told[]) => boolean): Promise<readonly Told[]> => {
    while (!holds(events())) {
      const read = await reader?.read();
      if (read?.done !== false) break;
      text += read.value;
    }
    return events();
  };
  return { until, leave: () => reader?.cancel(), type: response.headers.get('content-type') };
}

function parse(block: string): Told[] {
  const member = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const event = member('event');
  if (event === undefined) return [];
  return [{ event, id: member('id') ?? null, data: JSON.parse(member('data') ?? '{}') }];
}

const indexesOf = (told: readonly Told[]): readonly number[] =>
  told.flatMap(({ data }) => data.rows?.map(({ index }) => index) ?? []);

function liveOf(log: ReturnType<typeof memoryLog>): Live {
  return openLive({
    log,
    clock: () => 7,
    monotonicMs: () => performance.now(),
    failed: (cause) => assert.fail(String(cause)),
  });
}

test('live: who comes is told what is written from then on, in order, each once', async () => {
  const log = memoryLog();
  log.add('refunds', 3);
  const { until, leave, type } = await watch(liveOf(log));
  assert.equal(type, 'text/event-stream');
  assert.deepEqual(await until((told) => told.length > 0), [
    { event: 'ready', id: null, data: { index: 2 } },
  ]);
  log.add('refunds');
  log.add(null, 2);
  const told = await until((all) => indexesOf(all).length === 3);
  assert.deepEqual(indexesOf(told), [3, 4, 5]);
  assert.equal(told.at(-1)?.id, '5');
  await leave();
});

test('live: who was away is told what was missed, page by page', async () => {
  const log = memoryLog();
  log.add('refunds', 2_500);
  const { until, leave } = await watch(liveOf(log), { after: 99 });
  const told = await until((all) => indexesOf(all).length === 2_400);
  assert.deepEqual(
    told.map(({ data: { from = null, to = null } }) => [from, to]),
    [
      [null, null],
      [100, 1_099],
      [1_100, 2_099],
      [2_100, 2_499],
    ],
  );
  await leave();
});

test('live: who is too far behind, or ahead of the log, is told to load again', async () => {
  const log = memoryLog();
  log.add('refunds', 10_100);
  for (const last of [0, 20_000]) {
    const { until, leave } = await watch(liveOf(log), { after: last });
    assert.deepEqual(await until((all) => all.length > 0), [
      { event: 'behind', id: '10099', data: { index: 10_099 } },
    ]);
    await leave();
  }
});

test('live: who is for some agents is told of those alone', async () => {
  const log = memoryLog();
  const { until, leave } = await watch(liveOf(log), { agents: ['mail'] });
  await until((all) => all.length > 0);
  log.add('refunds');
  log.add(null);
  log.add('mail');
  const told = await until((all) => indexesOf(all).length > 0);
  assert.deepEqual(indexesOf(told), [2]);
  await leave();
});

test('live: a stream ends with what it was opened by', async () => {
  const log = memoryLog();
  let isGood = true;
  const { until } = await watch(liveOf(log), { isGood: () => isGood });
  await until((all) => all.length > 0);
  isGood = false;
  const told = await until(() => false);
  assert.equal(told.at(-1)?.event, 'signed-out');
});

test('live: one caller has at most 32 streams', async () => {
  const live = liveOf(memoryLog());
  const open = [];
  for (let each = 0; each < 32; each += 1) {
    const watching = await watch(live);
    await watching.until((all) => all.length > 0);
    open.push(watching);
  }
  assert.equal(live.watch({ by: 'k', after: null, agents: null, isGood: () => true }), null);
  assert.ok(live.watch({ by: 'other', after: null, agents: null, isGood: () => true }));
  for (const { leave } of open) await leave();
});
