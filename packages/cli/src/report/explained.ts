import type { CompiledPact, Tool } from '@plumbline/core';

import type { Screen } from '../output/screen.ts';
import { runId, runPlace } from '../readers/run.ts';
import type { ExplainedRun, ExplainedStep } from '../replay/explain-run.ts';
import { renderExplanation, verdictWord } from './explanation.ts';

const MOST_TEXT = 300;
const NO_OBJECT = 'the arguments are not a JSON object';

/** Returns an explained run as JSON: every step, verdict, rule tried and source. */
export function explainedJson({ staged, steps }: ExplainedRun): object {
  const { run, mapping, task, labels } = staged;
  return {
    run: runId(run),
    place: runPlace(run),
    agent: mapping.agent,
    task,
    principal: mapping.principal,
    session: mapping.session,
    rules: mapping.rules,
    labels,
    steps: steps.map(stepJson),
  };
}

function stepJson({ step, answer, explanation, sources, isAttackCall }: ExplainedStep): object {
  if (step.kind !== 'call') return step;
  return {
    ...step,
    verdict: answer?.verdict ?? 'deny',
    isAttackCall,
    summary: explanation?.summary ?? NO_OBJECT,
    because: explanation?.decision.because ?? [],
    tried: explanation?.tried ?? [],
    flips: explanation?.flips ?? [],
    sources,
  };
}

/** Returns an explained run for a person. */
export function renderExplained({ staged, steps }: ExplainedRun, screen: Screen): string {
  const { run, mapping, task, folderPact } = staged;
  const { bold, dim } = screen.colors;
  const kept = new Set(
    steps.flatMap(({ step, answer }) => (isKept(step, answer) ? step.call : [])),
  );
  const head = [
    bold(runId(run)),
    `at ${runPlace(run)}, pact ${folderPact.file}`,
    `task ${task ?? 'none'}, principal ${mapping.principal}`,
    `mapped by ${mapping.rules.join(', ')}; session ${JSON.stringify(mapping.session)}`,
  ];
  const { tools } = folderPact.pact;
  const body = steps.map((each) => renderStep(each, { screen, kept, tools }));
  return [...head, '', ...body, dim('Nothing here was executed.')].join('\n');
}

type Call = Extract<ExplainedStep['step'], { kind: 'call' }>;

function isKept(step: ExplainedStep['step'], answer: ExplainedStep['answer']): step is Call {
  return step.kind === 'call' && answer?.verdict !== 'allow' && answer?.verdict !== 'modify';
}

type Around = {
  readonly screen: Screen;
  readonly kept: ReadonlySet<number>;
  readonly tools: CompiledPact['tools'];
};

/** Why a call was taken for worse than it looks: a replay knows no facts. */
function renderEffect(tool: Tool | undefined): readonly string[] {
  if (tool === undefined || tool.effectFrom === null) return [];
  const told = `fact \`command\` would tell from \`${tool.effectFrom}\``;
  return [`   taken for the worst effect, a send to the open world: ${told}, and none is known`];
}

function renderStep(
  { step, answer, explanation, sources, isAttackCall }: ExplainedStep,
  { screen, kept, tools }: Around,
): string {
  const { dim, bold } = screen.colors;
  switch (step.kind) {
    case 'message':
      return `${dim(`${step.role}:`)} ${shortened(step.text)}\n`;
    case 'result': {
      const shown = kept.has(step.call)
        ? 'not shown to the agent, the call was kept back'
        : shortened(typeof step.result === 'string' ? step.result : JSON.stringify(step.result));
      const head = `${step.isError ? 'error' : 'result'} of ${step.call + 1}:`;
      return `   ${dim(`${head} ${shown}`)}\n`;
    }
    case 'call': {
      const verdict = verdictWord(answer?.verdict ?? 'deny', screen);
      const theirs = isAttackCall ? ' (made for the attacker)' : '';
      const call = `${bold(step.tool)}(${shortened(JSON.stringify(step.args))})`;
      const from = sources.map(
        ({ path, value, names }) =>
          `   ${path} ${shortened(JSON.stringify(value), 60)} from ${names.join(', ')}`,
      );
      const effect = explanation === null ? [] : renderEffect(tools.get(step.tool));
      const told =
        explanation === null ? `${NO_OBJECT}: refused` : renderExplanation(explanation, screen);
      const head = `${step.call + 1}. ${verdict} ${call}${theirs}`;
      return [head, ...from, ...effect, indent(told), ''].join('\n');
    }
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '   ');
}

function shortened(text: string, most: number = MOST_TEXT): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
