import type { Command } from 'commander';
import { runCases, type CaseReport, type CaseResult } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import { loadOrStop } from '../files/arm-pact.ts';
import type { Screen } from '../output/screen.ts';
import type { Shell } from '../shell.ts';

type Options = { readonly json?: boolean };

type Tested = CaseReport & { readonly file: string; readonly failed: number };

/** Adds `plumb pact test`: the cases beside each pact. */
export function addPactTest(pact: Command, { screen, exit }: Shell): void {
  pact
    .command('test')
    .description('run the cases beside pacts: this action has this verdict')
    .argument('<file...>', 'pacts')
    .option('--json', 'print one JSON object')
    .action((files: readonly string[], { json }: Options) => {
      const tested = files.map(testOne);
      const failed = tested.reduce((sum, each) => sum + each.failed, 0);
      if (json === true) screen.json({ ok: failed === 0, failed, pacts: tested });
      else screen.print(tested.map((each) => renderTested(each, screen)).join('\n\n'));
      if (failed > 0) exit(EXIT.no);
    });
}

function testOne(file: string): Tested {
  const report = runCases(loadOrStop(file));
  return { file, failed: report.results.filter(({ why }) => why !== null).length, ...report };
}

function renderTested({ file, failed, results, uncovered }: Tested, screen: Screen): string {
  const { green, red } = screen.colors;
  if (results.length === 0) return `${file}: no cases, write some under \`cases\``;
  const passed = results.length - failed;
  const summary = `${file}: ${passed} of ${results.length} cases passed`;
  const bare = uncovered.map(
    ({ id, place }) => `${placeText(place)}: no passing case is charged to allow rule \`${id}\``,
  );
  return [
    ...results.map((result) => renderResult(result, screen)),
    ...bare,
    failed === 0 ? green(summary) : red(summary),
  ].join('\n');
}

function renderResult({ id, place, actual, why }: CaseResult, { colors }: Screen): string {
  if (why === null) return `${colors.green('pass')} ${id}: ${actual.replace('_', ' ')}`;
  return `${colors.red('fail')} ${id}: ${why} (${placeText(place)})`;
}

function placeText({ file, line, column }: CaseResult['place']): string {
  return `${file}:${line}:${column}`;
}
