import type { Command } from 'commander';
import { draftPact, type DraftRequest, type DraftRun } from '@plumbline/core';

import { readText } from '../files/read-text.ts';
import { writeWhole } from '../files/write-whole.ts';
import { readTasks } from '../draft/tasks.ts';
import { readTools } from '../draft/tools.ts';
import { draftRun, sessionTypes, type MappedRun } from '../draft/runs.ts';
import { RunMapper } from '../manifest/map-run.ts';
import { parseManifest } from '../manifest/parse-manifest.ts';
import { byteCounter, startProgress } from '../output/progress.ts';
import { openLog } from '../readers/lines.ts';
import { readRuns } from '../readers/read-runs.ts';
import type { RunLabels } from '../readers/run.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = {
  readonly tools: string;
  readonly tasks?: string;
  readonly runs?: readonly string[];
  readonly manifest?: string;
  readonly agent: string;
  readonly owner?: string;
  readonly purpose?: string;
  readonly model?: readonly string[];
  readonly solved?: boolean;
  readonly output?: string;
  readonly json?: boolean;
};

const HELP = `
--tools is what an MCP server answers to tools/list, or a list of OpenAI functions.
--tasks is YAML or JSON: a list of {name, description, tools}, or name: description.
--runs are recorded runs in any format replay reads; only those of kind benign are used, with
the task and session the manifest says. Runs of other agents are left out.
`;

/** Adds `plumb pact draft`: a least-privilege pact to start from. */
export function addPactDraft(pact: Command, shell: Shell): void {
  pact
    .command('draft')
    .description('draft a least-privilege pact from tools, tasks and honest runs')
    .requiredOption('--tools <file>', 'the tools the agent has')
    .option('--tasks <file>', 'what the agent is for')
    .option('--runs <path...>', 'recorded honest runs')
    .option('--manifest <file>', 'maps the runs to agent, task and session')
    .option('--agent <name>', 'name of the agent, in the pact and the manifest', 'agent')
    .option('--owner <address>', 'who answers for the pact')
    .option('--purpose <text>', 'what the agent is for, in a sentence')
    .option('--model <name...>', 'only runs of these models')
    .option('--solved', 'only runs whose record says they solved their task')
    .option('-o, --output <file>', 'write a new file instead of printing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: Options) => draft(options, shell));
}

async function draft(options: Options, shell: Shell): Promise<void> {
  const tools = readTools(readText(options.tools), options.tools);
  const tasks =
    options.tasks === undefined ? [] : readTasks(readText(options.tasks), options.tasks);
  const mapped = await honestRuns(options, shell);
  const runs = mapped.map(draftRun).filter((run): run is DraftRun => run !== null);
  const named = new Set(tasks.map(({ name }) => name));
  const learned = [...new Set(runs.map(({ task }) => task))].filter((name) => !named.has(name));
  const request: DraftRequest = {
    agent: options.agent,
    ...(options.purpose !== undefined && { purpose: options.purpose }),
    ...(options.owner !== undefined && { owner: options.owner }),
    tools,
    tasks: [...tasks, ...learned.sort().map((name) => ({ name }))],
    session: sessionTypes(mapped),
    runs,
  };
  const text = draftPact(request);
  if (options.output !== undefined) writeWhole(options.output, text, { isNew: true });
  const counts = { tools: tools.length, tasks: request.tasks.length, runs: runs.length };
  if (options.json === true) return shell.screen.json({ ...counts, output: options.output, text });
  if (options.output === undefined) return shell.screen.print(text.trimEnd());
  shell.screen.print(
    `wrote ${options.output}\n\nnext: ${shell.program} pact check ${options.output}`,
  );
}

async function honestRuns(options: Options, shell: Shell): Promise<readonly MappedRun[]> {
  if (options.runs === undefined) return [];
  if (options.manifest === undefined) {
    throw new Stop('--runs needs --manifest, which says the task and session of each run');
  }
  const mapper = new RunMapper(parseManifest(readText(options.manifest), options.manifest));
  const total = options.runs.map(openLog).reduce((sum, { size }) => sum + size, 0);
  const progress = startProgress(shell.screen, { label: 'reading', total, nowMs: shell.nowMs });
  const found: MappedRun[] = [];
  const bytes = byteCounter();
  for (const path of options.runs) {
    for await (const runs of readRuns(path, { format: null, onBytes: bytes.onBytes })) {
      for (const run of runs) {
        const mapped = mapper.map(run);
        if (!mapped.ok || mapped.mapping.agent !== options.agent) continue;
        if (isWanted(run.labels, options)) found.push({ run, mapping: mapped.mapping });
      }
      if (options.json !== true) progress.update(bytes.sum(), `${found.length} honest runs`);
    }
  }
  progress.end();
  if (found.length > 0) return found;
  throw new Stop(`no honest run of agent \`${options.agent}\` in them, is --agent its name there?`);
}

function isWanted({ kind, model, isSolved }: RunLabels, options: Options): boolean {
  return (
    kind === 'benign' &&
    (options.model?.includes(model) ?? true) &&
    (options.solved !== true || isSolved)
  );
}
