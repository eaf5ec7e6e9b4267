import type { Command } from 'commander';
import { diffPacts, type Change, type PactDiff, type Trial } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import { loadOrStop } from '../files/arm-pact.ts';
import { readText } from '../files/read-text.ts';
import { RunMapper } from '../manifest/map-run.ts';
import { parseManifest } from '../manifest/parse-manifest.ts';
import type { Screen } from '../output/screen.ts';
import { readRuns } from '../readers/read-runs.ts';
import type { Run } from '../readers/run.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly runs?: readonly string[];
  readonly manifest?: string;
  readonly agent?: string;
  readonly json?: boolean;
};

const MOST_LISTED = 20;

/** Adds `plumb pact diff`: what two pacts mean differently. */
export function addPactDiff(pact: Command, shell: Shell): void {
  pact
    .command('diff')
    .description('say what a pact means differently from another, each with an example')
    .argument('<old>', 'the pact as it was')
    .argument('<new>', 'the pact as it is to be')
    .option('--runs <path...>', 'recorded runs whose calls are tried under both')
    .option('--manifest <file>', 'maps the runs to agent, task and session')
    .option('--agent <name>', 'only runs the manifest gives to this agent')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit code 1: they differ. Each recorded call is tried on its own.')
    .action((before: string, after: string, options: Options) =>
      diff([before, after], options, shell),
    );
}

async function diff(
  [before, after]: readonly [string, string],
  options: Options,
  { screen, exit }: Shell,
): Promise<void> {
  const [old, next] = [loadOrStop(before), loadOrStop(after)];
  const found = diffPacts(old, next, await trafficOf(options));
  const isSame = found.changes.length === 0 && found.traffic.length === 0;
  if (options.json === true) screen.json({ same: isSame, ...found });
  else screen.print(isSame ? 'they mean the same' : renderDiff(found, screen));
  if (!isSame) exit(EXIT.no);
}

async function trafficOf({ runs, manifest, agent }: Options): Promise<readonly Trial[]> {
  if (runs === undefined) return [];
  if (manifest === undefined) {
    throw new Stop('--runs needs --manifest, which says the task and session of each run');
  }
  const mapper = new RunMapper(parseManifest(readText(manifest), manifest));
  const trials: Trial[] = [];
  for (const path of runs) {
    for await (const batch of readRuns(path, { format: null })) {
      for (const run of batch) trials.push(...trialsOf(run, { mapper, agent }));
    }
  }
  return trials;
}

function trialsOf(
  run: Run,
  { mapper, agent }: { readonly mapper: RunMapper; readonly agent: string | undefined },
): readonly Trial[] {
  const mapped = mapper.map(run);
  if (!mapped.ok || (agent !== undefined && mapped.mapping.agent !== agent)) return [];
  const { session, principal, task = null } = mapped.mapping;
  const said = run.steps.flatMap((step) =>
    step.kind === 'message' && step.role === 'user' ? [step.text] : [],
  );
  const around = { session, principal, task, principalText: said.join('\n'), facts: {} };
  return run.steps.flatMap((step) =>
    step.kind === 'call' && step.args !== null
      ? [{ tool: step.tool, args: step.args, ...around }]
      : [],
  );
}

const SIGNS: { readonly [K in Change['kind']]: string } = {
  widened: '+',
  relaxed: '+',
  narrowed: '-',
  asks: '-',
  setting: '*',
  undetermined: '?',
};

function renderDiff({ changes, traffic, tried }: PactDiff, screen: Screen): string {
  const { bold } = screen.colors;
  const moved = traffic
    .slice(0, MOST_LISTED)
    .map(
      ({ trial, before, after }) =>
        `  ${trial.tool}(${JSON.stringify(trial.args)}): ${before} → ${after}`,
    );
  const more = traffic.length - moved.length;
  return [
    ...changes.map((change) => renderChange(change, screen)),
    ...(tried === 0 ? [] : [bold(`${traffic.length} of ${tried} recorded calls change`), ...moved]),
    ...(more > 0 ? [`  … and ${more} more: \`--json\` lists them all`] : []),
  ].join('\n');
}

function renderChange({ kind, text, example }: Change, { colors }: Screen): string {
  const sign = SIGNS[kind];
  const line = `${sign} ${text}`;
  const shown = sign === '+' ? colors.yellow(line) : line;
  if (example === null) return shown;
  const { tool, args, session, task, before, after } = example;
  const given = [
    ...(Object.keys(session).length === 0 ? [] : [`session ${JSON.stringify(session)}`]),
    ...(task === null ? [] : [`task ${task}`]),
  ];
  const where = given.length === 0 ? '' : ` with ${given.join(', ')}`;
  return `${shown}\n    ${tool}(${JSON.stringify(args)})${where}: ${before} → ${after}`;
}
