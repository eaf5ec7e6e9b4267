import type { Json, JsonObject } from '@plumbline/core';

import { shown, shownTime } from '../daemon/connection.ts';

/** A text, and how many cases it holds. */
export type Written = { readonly count: number; readonly text: string };

/**
 * Returns labelled cases as a file of cases for a pact, oldest first. A label that a pact alone
 * cannot meet is left out; of several labels of one action the newest counts.
 */
export function casesText(rows: readonly JsonObject[]): Written {
  const byAction = new Map<string, JsonObject>();
  for (const row of rows) {
    const { tool, args, attributes, task, principalText, expect } = row;
    if (typeof expect !== 'string') continue;
    const key = JSON.stringify([tool, args, attributes, task, principalText]);
    if (!byAction.has(key)) byAction.set(key, row);
  }
  const kept = [...byAction.values()].reverse();
  if (kept.length === 0) return { count: 0, text: '[]\n' };
  return { count: kept.length, text: kept.map(caseText).join('') };
}

function caseText(row: JsonObject): string {
  const { id, tool, args, attributes, task, principalText, expect } = row;
  const members = [
    ['id', id],
    ['tool', tool],
    ['args', args],
    ['session', attributes],
    ...(task === null ? [] : [['task', task] as const]),
    ...(principalText === null ? [] : [['principal_text', principalText] as const]),
    ['expect', expect],
  ] as const;
  const lines = members.map(([name, value], at) => {
    return `${at === 0 ? '-' : ' '} ${name}: ${JSON.stringify(value ?? null)}\n`;
  });
  return `${commentOf(row)}${lines.join('')}`;
}

function commentOf({ decision, label, source, by, at, verdict, note }: JsonObject): string {
  const was = `decision ${shown(decision)} was ${shown(verdict)}`;
  const said = `${shown(label)} by ${shown(by)} (${shown(source)}) at ${shownTime(at)}`;
  return `# ${oneLine(`${was}; ${said}`)}\n${note === null ? '' : `# ${oneLine(shown(note))}\n`}`;
}

// What a person wrote must not end the comment.
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Returns every label as one line of JSON, newest first. */
export function truthText(rows: readonly JsonObject[]): Written {
  const lines = rows.map((row: Json) => `${JSON.stringify(row)}\n`);
  return { count: rows.length, text: lines.join('') };
}
