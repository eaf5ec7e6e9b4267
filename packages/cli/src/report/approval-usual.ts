import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { shown } from '../daemon/connection.ts';
import { plainWord } from './plain-word.ts';

/** Returns how an action differs from the last ones of its tool; empty where nobody can tell. */
export function renderUsual(usual: Json | undefined, tool: string): string {
  if (usual === undefined || !isJsonObject(usual)) return '';
  const { looked, compared, verdicts, differences } = usual;
  if (looked === 0) return `nothing to compare with: the agent never used ${tool} before`;
  if (compared === 0) return `the last ${shown(looked)} uses of ${tool} cannot be opened any more`;
  const found = Array.isArray(differences) ? differences.filter(isJsonObject) : [];
  const lines = found.length === 0 ? ['nothing differs'] : found.map(lineOf);
  return [...lines, `beside the last ${shown(compared)} uses of ${tool}${countsOf(verdicts)}`].join(
    '\n',
  );
}

function lineOf({ path, what, low, high }: JsonObject): string {
  const name = plainWord(path ?? null);
  switch (what) {
    case 'new-argument':
      return `${name}: none of them had it`;
    case 'left-out':
      return `${name}: left out, all of them had it`;
    case 'above':
      return `${name}: above all of them, which went from ${shown(low)} to ${shown(high)}`;
    case 'below':
      return `${name}: below all of them, which went from ${shown(low)} to ${shown(high)}`;
    default:
      return `${name}: none of them had this value`;
  }
}

function countsOf(verdicts: Json | undefined): string {
  if (verdicts === undefined || !isJsonObject(verdicts)) return '';
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${shown(count)} ${verdict}`);
  return counts.length === 0 ? '' : `: ${counts.join(', ')}`;
}

/** Returns what waits for the very same action, and how it is decided together with this one. */
export function renderEqual({ id, equal }: JsonObject, program: string): string {
  const others = Array.isArray(equal) ? equal.map(shown) : [];
  if (others.length === 0) return '';
  const reasons = others.map(() => ' …').join('');
  const together = `${program} approval approve ${[shown(id), ...others].join(' ')}`;
  return `${others.join(', ')}\ntogether: \`${together} --reason …${reasons}\`, one for each`;
}
