import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { mapRun } from '@plumbline/cli/source/manifest/map-run';
import { parseManifest } from '@plumbline/cli/source/manifest/parse-manifest';
import { readRuns } from '@plumbline/cli/source/readers/read-runs';
import { driveRun } from '@plumbline/cli/source/replay/drive';

import { type Spread, spreadOf } from './measure.ts';
import type { Pacts } from './turn.bench.ts';

/** Replay against reading and parsing the same file, in the same rounds. */
export type ReplayRow = {
  readonly actions: number;
  readonly kernelPerSecond: Spread;
  readonly replayMs: Spread;
  readonly bareMs: Spread;
  /** Time of reading and parsing over time of the replay. */
  readonly share: Spread;
};

const ROUNDS = 5;

/** Measures a replay of a recorded file, end to end, beside a bare read-and-parse. */
export async function benchReplay(
  path: string,
  manifestPath: string,
  pacts: Pacts,
): Promise<ReplayRow> {
  const rounds: { actions: number; kernelMs: number; replayMs: number; bareMs: number }[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const bareMs = timed(() => bareRead(path));
    const startedMs = performance.now();
    const { actions, kernelMs } = await replay(path, manifestPath, pacts);
    const replayMs = performance.now() - startedMs;
    if (round >= 0) rounds.push({ actions, kernelMs, replayMs, bareMs });
  }
  const spread = (pick: (round: (typeof rounds)[number]) => number): Spread =>
    spreadOf(rounds.map(pick));
  return {
    actions: rounds[0]?.actions ?? 0,
    kernelPerSecond: spread(({ actions, kernelMs }) => (actions * 1_000) / kernelMs),
    replayMs: spread(({ replayMs }) => replayMs),
    bareMs: spread(({ bareMs }) => bareMs),
    share: spread(({ bareMs, replayMs }) => bareMs / replayMs),
  };
}

async function replay(
  path: string,
  manifestPath: string,
  pacts: Pacts,
): Promise<{ readonly actions: number; readonly kernelMs: number }> {
  const manifest = parseManifest(readFileSync(manifestPath, 'utf8'), manifestPath);
  let [actions, kernelMs] = [0, 0];
  for await (const runs of readRuns(path, { format: null })) {
    for (const run of runs) {
      const mapped = mapRun(manifest, run);
      const pact = mapped.ok ? pacts.get(mapped.mapping.agent) : undefined;
      if (!mapped.ok || pact === undefined) continue;
      const driven = driveRun(run, {
        pact,
        mapping: mapped.mapping,
        task: mapped.mapping.task ?? null,
      });
      actions += driven.calls.length;
      kernelMs += driven.kernelMs;
    }
  }
  return { actions, kernelMs };
}

function bareRead(path: string): number {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  let count = 0;
  for (const line of text.split('\n')) {
    if (line !== '' && JSON.parse(line) !== null) count += 1;
  }
  return count;
}

function timed(work: () => unknown): number {
  const startedMs = performance.now();
  work();
  return performance.now() - startedMs;
}
