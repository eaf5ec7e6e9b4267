// Sends calls through the gateway and prints what the daemon holds of memory and descriptors:
// `gateway-soak.ts [calls]`, 100 000 unless told otherwise. Every hundredth call is cancelled, and
// a session ends after a thousand calls.
import { readdirSync, readFileSync } from 'node:fs';

import type { JsonObject } from '@plumbline/core';

import { type RoguePeer, rogueScene, type Way } from './rogue-scene.ts';

const CALLS = Number(process.argv[2] ?? 100_000);
const AT_ONCE = 16;
const PER_SESSION = 1_000;
const CANCELLED_EVERY = 100;

const scene = await rogueScene(['honest']);
const pid = scene.daemon.child.pid ?? 0;

function held(): { readonly rssMb: number; readonly descriptors: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const rssMb = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  return { rssMb, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

async function call(peer: RoguePeer, id: number): Promise<void> {
  const message: JsonObject = { id, method: 'tools/call', params: { name: 'read', arguments: {} } };
  peer.ask(message);
  if (id % CANCELLED_EVERY === 0) {
    peer.ask({ method: 'notifications/cancelled', params: { requestId: id } });
    // Over standard streams what was cancelled is not answered.
    return;
  }
  await peer.answer(id);
}

async function session(way: Way): Promise<void> {
  const peer = await scene.open(way, 'honest');
  for (let id = 1; id <= PER_SESSION; id += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, PER_SESSION - id + 1) }, (_, at) => id + at);
    await Promise.all(ids.map((each) => call(peer, each)));
  }
  await peer.close();
}

for (const way of ['url', 'stdio'] as const) {
  const startedMs = performance.now();
  console.log(way, 0, held());
  for (let done = 0; done < CALLS / 2; done += PER_SESSION) {
    await session(way);
    const count = done + PER_SESSION;
    if (count % 10_000 !== 0 && count < CALLS / 2) continue;
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    console.log(
      way,
      count,
      held(),
      `${seconds} s, client ${Math.round(process.memoryUsage.rss() / 1_048_576)} MB`,
    );
  }
  const path = `/api/v1/agents/${way}-honest/decisions?unfinished=true&limit=10`;
  const { rows } = Object(await scene.daemon.client.ask({ method: 'GET', path }));
  console.log(way, 'without an outcome:', Array.isArray(rows) ? rows.length : rows);
}
await scene.close();
