import type { RunMapper } from '../manifest/map-run.ts';
import type { Mapping } from '../manifest/manifest.ts';
import { jsonText } from '../readers/fields.ts';
import { kindOf } from '../readers/labels.ts';
import { runPlace, type Run, type RunLabels } from '../readers/run.ts';
import type { Report } from '../report/report.ts';
import { driveRun } from './drive.ts';
import type { FolderPact, PactFolder } from './pact-folder.ts';

/** Which runs are replayed; null lets all through. */
export type Filters = {
  readonly suite: readonly string[] | null;
  readonly model: readonly string[] | null;
  readonly attack: readonly string[] | null;
};

/** Everything a replay needs besides the files. */
export type Replay = {
  readonly mapper: RunMapper;
  readonly pacts: PactFolder;
  readonly hasTasks: boolean;
  readonly filters: Filters;
  readonly limit: number;
};

/** A run with what the manifest and its pact say of it. */
export type Staged = {
  readonly run: Run;
  readonly labels: RunLabels;
  readonly mapping: Mapping;
  readonly folderPact: FolderPact;
  /** The attested task of the session, null without one. */
  readonly task: string | null;
};

/** Either a staged run, or why it cannot be replayed. */
export type Staging =
  | { readonly ok: true; readonly staged: Staged }
  | { readonly ok: false; readonly why: string; readonly agent: string | null };

/**
 * Returns a run with its pact, task and labels.
 *
 * Errors: `ok: false` for a record the manifest does not map; `Stop` for a pact that does not load.
 */
export function stageRun({ mapper, pacts, hasTasks }: Replay, run: Run): Staging {
  const mapped = mapper.map(run);
  if (!mapped.ok) return { ok: false, why: mapped.why, agent: null };
  const { mapping } = mapped;
  const folderPact = pacts.get(mapping.agent);
  if (mapping.task === undefined && folderPact.taskTools !== null && hasTasks) {
    return { ok: false, why: 'no rule says its task', agent: mapping.agent };
  }
  const labels = labelsFor(run, mapping);
  return { ok: true, staged: { run, labels, mapping, folderPact, task: mapping.task ?? null } };
}

function labelsFor(run: Run, { labels }: Mapping): RunLabels {
  const { suite, model, attack, kind } = labels;
  return {
    ...run.labels,
    ...(suite !== undefined && { suite: jsonText(suite) }),
    ...(model !== undefined && { model: jsonText(model) }),
    ...(attack !== undefined && { attack: attack === null ? null : jsonText(attack) }),
    ...(kind !== undefined && { kind: kindOf(kind, runPlace(run)) }),
  };
}

/** Returns whether the filters let a run through. */
export function isWanted({ suite, model, attack }: Filters, labels: RunLabels): boolean {
  return (
    (suite === null || suite.includes(labels.suite)) &&
    (model === null || model.includes(labels.model)) &&
    (attack === null || attack.includes(labels.attack ?? 'none'))
  );
}

/** Replays one run and counts it. */
export function replayRun(replay: Replay, run: Run, report: Report): void {
  const startedMs = performance.now();
  const staging = stageRun(replay, run);
  if (!staging.ok) {
    if (isWanted(replay.filters, run.labels)) report.unmapped.add(run, staging.why, staging.agent);
    return;
  }
  const { labels, mapping, folderPact, task } = staging.staged;
  if (!isWanted(replay.filters, labels)) return;
  const { pact, taskTools } = folderPact;
  const driven = driveRun(run, { pact, mapping, task: replay.hasTasks ? task : null });
  report.add({
    run,
    labels,
    pact,
    task,
    taskTools: task === null ? null : (taskTools?.get(task) ?? null),
    calls: driven.calls,
    kernelMs: driven.kernelMs,
    elapsedMs: performance.now() - startedMs,
  });
}
