import { readFileSync } from 'node:fs';

import { mapRun } from '@plumbline/cli/source/manifest/map-run';
import { parseManifest } from '@plumbline/cli/source/manifest/parse-manifest';
import { readRuns } from '@plumbline/cli/source/readers/read-runs';
import type { Run } from '@plumbline/cli/source/readers/run';
import { type Action, digestJson, type Json, type JsonObject } from '@plumbline/core';

/** One recorded action: what was said before it, and what came back. */
export type Turn = {
  readonly messages: readonly string[];
  readonly action: Action;
  readonly result: Json;
  readonly isError: boolean;
};

/** One recorded session, as an orchestrator would have attested it. */
export type Session = {
  readonly id: string;
  readonly agent: string;
  readonly principal: string;
  readonly task: string | null;
  readonly attributes: JsonObject;
  readonly turns: readonly Turn[];
};

/**
 * Returns the sessions of a recorded file with at least one action, in order.
 *
 * Digests are computed here: whoever receives an action computes its digest before the turn.
 */
export async function readSessions(
  path: string,
  manifestPath: string,
): Promise<readonly Session[]> {
  const manifest = parseManifest(readFileSync(manifestPath, 'utf8'), manifestPath);
  const sessions: Session[] = [];
  for await (const runs of readRuns(path, { format: null })) {
    for (const run of runs) {
      const mapped = mapRun(manifest, run);
      if (!mapped.ok || run.callCount === 0) continue;
      const { agent, principal, session: attributes, task = null } = mapped.mapping;
      const id = `session-${sessions.length}`;
      sessions.push({ id, agent, principal, task, attributes, turns: turnsOf(run, id) });
    }
  }
  return sessions;
}

function turnsOf(run: Run, session: string): readonly Turn[] {
  const turns: Turn[] = [];
  const results = resultsOf(run);
  let messages: string[] = [];
  for (const step of run.steps) {
    if (step.kind === 'message' && step.role === 'user') messages.push(step.text);
    if (step.kind !== 'call' || step.args === null) continue;
    const { call, tool, args } = step;
    const action = {
      id: `${session}/${call}`,
      session,
      tool,
      args,
      digest: digestJson({ tool, args }),
    };
    turns.push({ messages, action, ...(results.get(call) ?? { result: null, isError: true }) });
    messages = [];
  }
  return turns;
}

function resultsOf(run: Run): ReadonlyMap<number, Pick<Turn, 'result' | 'isError'>> {
  const results = run.steps.filter((step) => step.kind === 'result');
  return new Map(results.map(({ call, result, isError }) => [call, { result, isError }]));
}
