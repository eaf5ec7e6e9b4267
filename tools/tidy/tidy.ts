import type { FileRule, House, HouseRule } from './house.ts';
import { checkConsoleRooms } from './rules/console-rooms.ts';
import { checkCycles } from './rules/cycles.ts';
import { checkExports } from './rules/exports.ts';
import { checkFaults } from './rules/faults.ts';
import { checkImports } from './rules/imports.ts';
import { checkLockfile } from './rules/lockfile.ts';
import { checkNames } from './rules/names.ts';
import { checkComments, checkDocument } from './rules/prose.ts';
import { checkPurity } from './rules/purity.ts';
import { checkCitations, coverage } from './rules/requirements.ts';
import { checkServerRooms } from './rules/server-rooms.ts';
import { checkSize, functionLengths } from './rules/size.ts';
import { checkTypes } from './rules/types.ts';
import type { Problem } from './source-file.ts';

const fileRules: readonly FileRule[] = [
  checkSize,
  checkNames,
  checkTypes,
  checkPurity,
  checkImports,
  checkServerRooms,
  checkConsoleRooms,
  checkExports,
  checkFaults,
  checkComments,
  checkCitations,
];
const houseRules: readonly HouseRule[] = [checkCycles, checkLockfile];

/** Every broken rule of the house, by path and line. */
export function tidy(house: House): readonly Problem[] {
  const problems = [
    ...house.files.flatMap((file) => fileRules.flatMap((rule) => [...rule(file, house)])),
    ...house.documents.flatMap((document) => [...checkDocument(document)]),
    ...houseRules.flatMap((rule) => [...rule(house)]),
  ];
  return problems.sort(
    (left, right) => compareText(left.path, right.path) || left.line - right.line,
  );
}

/** `path:line:column: message`, which editors turn into a link. */
export function renderProblem({ path, line, column, message }: Problem): string {
  return `${path}:${line}:${column}: ${message}`;
}

/** One line on the state of the house. */
export function renderSummary(house: House): string {
  const lengths = functionLengths(house);
  const cited = [...coverage(house).values()].filter((paths) => paths.length > 0).length;
  return [
    `${house.files.length} files`,
    `${lengths.length} functions`,
    `median ${lengths[lengths.length >> 1] ?? 0} lines, longest ${lengths.at(-1) ?? 0}`,
    `${cited} of ${house.requirementIds.size} requirements cited by tests`,
  ].join(' · ');
}

/** Which tests cite which requirement, and which requirements nobody cites. */
export function renderCoverage(house: House): string {
  const entries = [...coverage(house)];
  const cited = entries.filter(([, paths]) => paths.length > 0);
  const uncited = entries.filter(([, paths]) => paths.length === 0);
  return [
    `cited by tests: ${cited.length} of ${entries.length}`,
    ...cited.map(([id, paths]) => `  ${id}: ${paths.join(', ')}`),
    `cited by no test: ${uncited.length}`,
    ...uncited.map(([id]) => `  ${id}`),
  ].join('\n');
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
