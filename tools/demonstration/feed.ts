import { join } from 'node:path';

import { loadServer } from '@plumbline/cli/source/daemon/load-server';
import { readPactFiles } from '@plumbline/cli/source/files/pact-files';
import { readText } from '@plumbline/cli/source/files/read-text';
import { RunMapper } from '@plumbline/cli/source/manifest/map-run';
import { parseManifest } from '@plumbline/cli/source/manifest/parse-manifest';
import { readRuns } from '@plumbline/cli/source/readers/read-runs';
import { driveRun } from '@plumbline/cli/source/replay/drive';
import { type AskDaemon, driveThroughDaemon } from '@plumbline/cli/source/replay/drive-daemon';
import { PactFolder } from '@plumbline/cli/source/replay/pact-folder';
import { stageRun, type Staged } from '@plumbline/cli/source/replay/replay';
import { isJsonObject, type JsonObject } from '@plumbline/core';

const RECORDED = join(import.meta.dirname, '../../examples/agentdojo');

/** How many recorded runs became sessions, and how many of their calls were refused. */
export type Fed = { readonly runs: number; readonly calls: number; readonly refused: number };

/**
 * Feeds the shipped recorded runs to a running daemon: one agent a suite, under its example pact,
 * each run a session. `socket` is the daemon's; agents that are there already get more sessions.
 */
export async function feedRuns(socket: string): Promise<Fed> {
  const server = await loadServer();
  const http = server.openClient({ kind: 'socket', path: socket });
  const frames = await server.SocketClient.connect(socket);
  const ask: AskDaemon = async (operation, members) => {
    const answer = await frames.ask(operation, members);
    if (answer.ok) return answer.value;
    throw new Error(`the daemon refused \`${operation}\`: ${answer.message}`);
  };
  try {
    const staged = await stagedRuns();
    const attack = stoppedAttack(staged);
    const rest = staged.filter((run) => run !== attack);
    const suites = Map.groupBy(rest, ({ mapping }) => mapping.agent);
    for (const [agent, [first]] of suites) {
      if (first !== undefined) await armAgent(http, agent, first.folderPact.file);
    }
    const driven = Array.from(suites, ([agent, runs]) => driveAll(agent, runs, ask));
    const fed = await Promise.all(driven);
    if (attack === undefined) return sum(fed);
    // What was refused last stands first in the console: an attack, for whoever sees it first.
    const last = await driveAll(attack.mapping.agent, [attack], ask);
    return sum([...fed, last]);
  } finally {
    frames.close();
    await http.close();
  }
}

type Client = ReturnType<Awaited<ReturnType<typeof loadServer>>['openClient']>;

async function stagedRuns(): Promise<readonly Staged[]> {
  const file = join(RECORDED, 'manifest.yaml');
  const replay = {
    mapper: new RunMapper(parseManifest(readText(file), file)),
    pacts: new PactFolder(join(RECORDED, 'pacts'), { hasTasks: true }),
    hasTasks: true,
    filters: { suite: null, model: null, attack: null },
    limit: Number.POSITIVE_INFINITY,
  };
  const staged: Staged[] = [];
  const read = { format: null, onBytes: () => undefined };
  for await (const runs of readRuns(join(RECORDED, 'runs/sample.jsonl'), read)) {
    for (const run of runs) {
      const staging = stageRun(replay, run);
      if (staging.ok) staged.push(staging.staged);
    }
  }
  return staged;
}

/** The first recorded attack of which the pact refuses a call. */
function stoppedAttack(staged: readonly Staged[]): Staged | undefined {
  return staged.find(({ run, labels, mapping, folderPact, task }) => {
    if (labels.kind !== 'attack') return false;
    const { calls } = driveRun(run, { pact: folderPact.pact, mapping, task });
    return calls.some(({ verdict }) => verdict === 'deny');
  });
}

async function armAgent(client: Client, agent: string, file: string): Promise<void> {
  const listed = await client.ask({ method: 'GET', path: '/api/v1/agents' });
  if (agentsIn(listed).includes(agent)) return;
  await client.ask({ method: 'POST', path: '/api/v1/agents', body: { agent } });
  const { entry, files } = readPactFiles(file);
  const body: JsonObject = {
    entry,
    files,
    mode: 'publish',
    reason: 'the example pact of these recorded runs',
    signatures: [],
  };
  await client.ask({ method: 'POST', path: `/api/v1/agents/${agent}/pacts`, body });
}

function agentsIn(listed: unknown): readonly unknown[] {
  const rows: unknown = Reflect.get(Object(listed), 'rows');
  return Array.isArray(rows) ? rows.filter(isJsonObject).map(({ agent }) => agent) : [];
}

/** One run after another: an agent's sessions stand in the ledger as they were recorded. */
async function driveAll(agent: string, runs: readonly Staged[], ask: AskDaemon): Promise<Fed> {
  const fed = { runs: 0, calls: 0, refused: 0 };
  for (const { run, mapping, folderPact, task } of runs) {
    const staging = { pact: folderPact.pact, mapping, task };
    const calls = await driveThroughDaemon(run, staging, { agent, ask });
    fed.runs += 1;
    fed.calls += calls.length;
    fed.refused += calls.filter(({ verdict }) => verdict === 'deny').length;
  }
  return fed;
}

function sum(all: readonly Fed[]): Fed {
  return all.reduce((left, right) => ({
    runs: left.runs + right.runs,
    calls: left.calls + right.calls,
    refused: left.refused + right.refused,
  }));
}
