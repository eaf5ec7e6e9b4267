import { isJsonObject, type JsonObject } from '@plumbline/core';

import { rowsOf, shown, shownTime } from '../daemon/connection.ts';
import type { ShowKey } from '../daemon/key-names.ts';
import { renderRows } from '../output/table.ts';

/** Returns a plan as people read it: what takes what back, and what nothing does. */
export function renderPlan(plan: JsonObject): string {
  const actions = rowsOf({ rows: plan['actions'] ?? [] });
  const rows = actions.map((action) => [
    shown(action['decision']),
    shownTime(action['at']),
    shown(action['tool']),
    canOf(action),
    argsOf(action['args'] ?? null),
    sayOf(action),
  ]);
  const heads = ['takes back', 'decided', 'tool', 'by', 'with', 'but'];
  const reads = Number(plan['reads'] ?? 0);
  const more = reads === 0 ? '' : `\n${reads} more only read, and changed nothing`;
  return `${renderRows(heads, rows, 'nothing was done there that could be taken back')}${more}`;
}

function canOf({ can, undo }: JsonObject): string {
  return can === 'cannot' ? 'nothing' : shown(undo);
}

function sayOf({ can, say, missing }: JsonObject): string {
  if (can !== 'fill') return shown(say);
  const names = Array.isArray(missing) ? missing.map(shown) : [];
  return names.includes('*')
    ? 'say what it takes, even if nothing: --fill <id>={…}'
    : `fill in ${names.join(', ')}`;
}

function argsOf(args: JsonObject[string]): string {
  return args === null ? '' : JSON.stringify(args);
}

/** Returns a set as people read it: what it is, who said what, and how each action stands. */
export function renderUndo(set: JsonObject, showKey: ShowKey = shown): string {
  const steps = rowsOf({ rows: set['steps'] ?? [] });
  const { args } = set;
  const rows = steps.map((each, n) => [
    shown(each['n']),
    shown(each['state']),
    shown(each['tool']),
    Array.isArray(args) ? argsOf(args[n] ?? null) : '',
    shown(each['decision']),
    shown(each['why']),
  ]);
  const heads = ['n', 'state', 'by', 'with', 'takes back', 'because'];
  return [...headOf(set, showKey), renderRows(heads, rows, 'it has no actions')].join('\n');
}

function headOf(set: JsonObject, showKey: ShowKey): readonly string[] {
  const { vote, withdrawn } = set;
  const voted = isJsonObject(vote ?? null) ? Object(vote) : null;
  const ended = isJsonObject(withdrawn ?? null) ? Object(withdrawn) : null;
  const going = set['goOn'] === true ? '; what fails stops nothing' : '';
  return [
    `${shown(set['undo'])} of ${shown(set['agent'])} is ${shown(set['state'])}${going}`,
    `digest ${shown(set['digest'])}`,
    `asked ${shownTime(set['askedAt'])} by ${showKey(set['by'])}: ${shown(set['reason'])}`,
    ...(voted === null ? [] : [wordsOf(voted, showKey)]),
    ...(ended === null ? [] : [`withdrawn by ${showKey(ended['by'])}: ${shown(ended['reason'])}`]),
    ...(set['state'] === 'pending' ? [`waits until ${shownTime(set['untilMs'])}`] : []),
  ];
}

function wordsOf({ outcome, by, at, reason }: JsonObject, showKey: ShowKey): string {
  const verb = outcome === 'approve' ? 'approved' : 'denied';
  return `${verb} ${shownTime(at)} by ${showKey(by)}: ${shown(reason)}`;
}

/** Returns what somebody does next about a set, or nothing. */
export function nextOf(set: JsonObject): string {
  const undo = shown(set['undo']);
  const states = rowsOf({ rows: set['steps'] ?? [] }).map(({ state }) => state);
  if (states.includes('unknown')) {
    return `look whether it happened, then: plumb undo settle ${undo} <n> --done|--not-done`;
  }
  // What the daemon does not do itself was taken by somebody, who reports it or never will.
  if (states.includes('began') && set['isActive'] === false) {
    const settle = `plumb undo settle ${undo} <n> --done|--not-done`;
    return `an enforcement point has taken it and reports it; if that is lost: ${settle}`;
  }
  if (set['state'] !== 'stopped') return '';
  if (states.includes('failed') || states.includes('refused')) {
    return `to try what failed once more: plumb undo run ${undo} --again`;
  }
  const act = `plumb undo act ${shown(set['agent'])} -- <command>`;
  const outside = `what no upstream makes an enforcement point does: ${act}`;
  return `once what it waits for is there: plumb undo run ${undo}; ${outside}`;
}
