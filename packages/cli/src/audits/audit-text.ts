import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { shown } from '../daemon/connection.ts';
import { renderRows } from '../output/table.ts';

/** Returns the objects of a list that an answer holds. */
function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Returns a drawn session as a reviewer reads it, and how it is judged. */
export function interactionText(said: JsonObject, program: string): string {
  const { item, agent, task, attributes, leftOut, isComplete } = said;
  const claims = objectsOf(said['claims']);
  const texts = new Map(claims.map(({ claim, text }) => [shown(claim), shown(text)]));
  return [
    `${shown(item)}: a session of ${shown(agent)}, task ${shown(task)}, ${shown(attributes)}`,
    '',
    ...objectsOf(said['turns']).flatMap((turn) => turnLines(turn, texts)),
    '',
    ...(leftOut === 0 ? [] : [`${shown(leftOut)} more claims were not drawn of this long session`]),
    ...(isComplete === false ? ['the session is longer than what is shown'] : []),
    `${claims.length} claims; judge each of them, and whether what was asked for was done:`,
    `  ${program} audit judge ${shown(item)} --resolved yes|no|unsure${claimOptions(claims)}`,
  ].join('\n');
}

function claimOptions(claims: readonly JsonObject[]): string {
  const names = claims.map(({ claim }) => shown(claim));
  const [first, second] = names;
  if (first === undefined) return '';
  const more = second === undefined ? '' : ` '${second}=wrong:why' …`;
  return ` --claim ${first}=right${more}`;
}

function turnLines(turn: JsonObject, texts: ReadonlyMap<string, string>): readonly string[] {
  const { kind, from, text, tool, args, was, result = null } = turn;
  if (kind === 'message') return [`${shown(from)}: ${indented(shown(text))}`];
  const claims = Array.isArray(turn['claims']) ? turn['claims'].map(shown) : [];
  const how = was === 'let-through' ? '' : ` (${shown(was)})`;
  return [
    `agent: ${shown(tool)} ${JSON.stringify(args)}${how}`,
    ...(result === null ? [] : [`  came back: ${indented(shown(result))}`]),
    ...claims.map((claim) => `  ${claim}  ${indented(texts.get(claim) ?? '')}`),
  ];
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n    ');
}

/** Returns what an audit comes to, by stratum and in sum. */
export function figuresText(said: JsonObject): string {
  const strata = objectsOf(said['strata']).filter(({ count }) => count !== 0);
  const rows = strata.map((row) => {
    const { stratum, count, drawn, judged, erased } = row;
    const claims = objectOf(row['claims']);
    const found = ['right', 'wrong', 'unsure'].map((name) => shown(claims[name]));
    const numbers = [count, drawn, judged, erased].map(shown);
    return [shown(stratum), ...numbers, estimateText(objectOf(row['accurate'])), found.join('/')];
  });
  const heads = ['reported', 'sessions', 'drawn', 'judged', 'erased', 'accurate', 'claims r/w/u'];
  const { audit, agent, claimed, gap, isWide, unknown } = said;
  const missing = typeof unknown === 'number' && unknown > 0;
  return [
    `${shown(audit)} of ${shown(agent)}`,
    renderRows(heads, rows, 'nothing closed'),
    `the agent reports success in ${percentOf(claimed)}`,
    `audited: ${estimateText(objectOf(said['audited']))} (95 % interval, weighted by the strata)`,
    ...(gap === null ? [] : [gapLine(gap, { isWide: isWide === true, missing })]),
    ...(missing ? [`nothing was judged of ${percentOf(unknown)} of the sessions`] : []),
  ].join('\n');
}

function gapLine(
  gap: Json | undefined,
  { isWide, missing }: { readonly isWide: boolean; readonly missing: boolean },
): string {
  const of = missing ? ', of what was judged so far' : '';
  return `gap: ${pointsOf(gap)} points${of}${isWide ? ': above 10' : ''}`;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== undefined && isJsonObject(value) ? value : {};
}

function estimateText({ share, low, high }: JsonObject): string {
  if (typeof share !== 'number') return '–';
  return `${percentOf(share)} [${percentOf(low)}, ${percentOf(high)}]`;
}

function percentOf(value: Json | undefined): string {
  return typeof value === 'number' ? `${(value * 100).toFixed(1)} %` : '–';
}

function pointsOf(value: Json | undefined): string {
  return typeof value === 'number' ? (value * 100).toFixed(1) : '–';
}
