import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { count } from '../cells.ts';
import { armAgents, startBenchDaemon } from './bench-daemon.ts';
import { withFolder } from './folder.ts';
import { FrameClient } from './frame-client.ts';
import { overFrames } from './remote.ts';
import type { Options, Section } from './section.ts';
import { AGENT, WORK } from './workload.ts';

const AGENTS = [AGENT, 'workspace-0', 'workspace-1'];
const ACTIONS = 4;
const AT_ONCE = 64;
const REST_MS = 3_000;

/** Measures what a daemon holds at rest and with open sessions, ten thousand for each agent. */
export function benchSessions({ isQuick }: Options): Promise<readonly Section[]> {
  const perAgent = isQuick ? 100 : 10_000;
  return withFolder(async (folder) => {
    const daemon = await startBenchDaemon(folder);
    const { pid, socket } = daemon.started;
    const rows: (readonly string[])[] = [];
    let before = await restingKiB(pid);
    rows.push(['0, just started', mebi(before), '']);
    await armAgents(daemon.client, AGENTS.slice(1));
    const frames = await FrameClient.open(socket);
    const enforcement = overFrames([frames]);
    const fill = async (agent: string, index: number): Promise<void> => {
      const session = await enforcement.open(agent, `person.${index % 1_000}@example.com`);
      for (let place = 0; place < ACTIONS; place += 1) {
        const { tool, args, result } = WORK.stepAt(place);
        const action = { agent, session, request: String(place), tool, args };
        const { decision, token } = await enforcement.decide(action);
        await enforcement.redeem({ agent, token });
        await enforcement.outcome({ agent, session, decision, status: 'ok', result });
      }
    };
    for (const [place, agent] of AGENTS.entries()) {
      for (let index = 0; index < perAgent; index += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, perAgent - index) }, (_, at) => at);
        await Promise.all(some.map((at) => fill(agent, index + at)));
      }
      const now = await restingKiB(pid);
      rows.push([count((place + 1) * perAgent), mebi(now), mebi(now - before)]);
      before = now;
    }
    frames.close();
    await daemon.close();
    return [section(rows)];
  });
}

/** Returns the resident memory of a program, in KiB, after it had some time to itself. */
async function restingKiB(pid: number): Promise<number> {
  await sleep(REST_MS);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

function mebi(kib: number): string {
  return `${count(Math.round(kib / 1_024))} MiB`;
}

function section(rows: Section['rows']): Section {
  return {
    title: 'Memory of the daemon',
    says: [
      `Resident memory, which includes what the collector has not given back. Each session has had`,
      `${ACTIONS} actions and their results; 10,000 sessions of an agent are the most it may have.`,
    ].join('\n'),
    head: ['open sessions', 'resident', 'more than the row before'],
    rows,
  };
}
