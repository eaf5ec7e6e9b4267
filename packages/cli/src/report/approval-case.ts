import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { shown, shownTime } from '../daemon/connection.ts';
import { renderRows } from '../output/table.ts';
import { renderEqual, renderUsual } from './approval-usual.ts';
import { plainWord } from './plain-word.ts';

/** Returns everything an approver needs to know of an action, as text. */
export function renderCase(said: JsonObject, program: string): string {
  const action = objectOf(said['action']);
  const gathered = said['gathered'] ?? null;
  const usual = renderUsual(said['usual'], shown(said['tool']));
  const equal = renderEqual(said, program);
  const parts = [
    headOf(said),
    section('why you are asked', requirementsOf(said)),
    action === null ? '' : section('the action', JSON.stringify(action['args'], null, 2)),
    usual === '' ? '' : section('beside what is usual', usual),
    equal === '' ? '' : section('the very same action waits as well', equal),
    isJsonObject(gathered)
      ? gatheredOf(gathered)
      : 'nobody can tell any more what was known: its session is closed or its pact is another',
    agentOf(said['agentSays'] ?? null),
    castOf(said),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function headOf(said: JsonObject): string {
  const { id, agent, tool, state, principal } = said;
  const whom = principal === null ? '' : ` for ${shown(principal)}`;
  return [
    `${shown(agent)} wants to use ${shown(tool)}${whom}`,
    `${shown(id)} is ${shown(state)}; asked ${shownTime(said['askedAt'])}, ` +
      `runs out ${shownTime(said['expiresAtMs'])}`,
  ].join('\n');
}

function section(head: string, body: string): string {
  const lines = body.split('\n').map((line) => `  ${line}`);
  return [head, ...lines].join('\n');
}

function requirementsOf(said: JsonObject): string {
  const says = new Map(listOf(said['why']).map(({ rule, say }) => [shown(rule), shown(say)]));
  const rows = listOf(said['requirements']).map(({ rule, approvers, approvals, quorum }) => {
    const count = `${shown(approvals)} of ${shown(quorum)}`;
    return [shown(rule), says.get(shown(rule)) ?? '', shown(approvers), count];
  });
  return renderRows(['rule', 'says', 'who may', 'approved by'], rows, 'no rule asks');
}

function gatheredOf(gathered: JsonObject): string {
  const session = objectOf(gathered['session']) ?? {};
  const facts = listOf(gathered['facts']).map(({ name, value, source, ageMs, isFresh }) => {
    const age = `${Math.round(Number(ageMs) / 1_000)} s${isFresh === true ? '' : ', too old'}`;
    return [shown(name), JSON.stringify(value), shown(source), age];
  });
  const missing = given(gathered['missing']);
  const standing = [
    `task ${given(session['task']) || 'none'}`,
    `labels ${given(session['labels']) || 'none'}`,
    `${shown(session['refusals'])} refusals so far`,
  ];
  return [
    section('what it would do', stakeOf(gathered)),
    section('where its values were seen', valuesOf(gathered['arguments'])),
    section('facts', renderRows(['fact', 'value', 'source', 'age'], facts, 'none were looked up')),
    ...(missing === '' ? [] : [section('not known', missing)]),
    section('the session', standing.join(', ')),
  ].join('\n\n');
}

function stakeOf(gathered: JsonObject): string {
  const tool = objectOf(gathered['tool']);
  if (tool === null) return 'its effect is not known';
  const undo = given(tool['undo']);
  const lines = [
    `effect ${given(tool['effect']) || 'decided by the call itself'}`,
    `can be undone: ${shown(tool['reversible'])}${undo === '' ? '' : `, by ${undo}`}`,
    `reaches outside: ${tool['isOpenWorld'] === true ? 'yes' : 'no'}`,
    ...['money', 'records'].flatMap((name) => {
      const value = gathered[name] ?? null;
      return value === null ? [] : [`${name}: ${plainWord(value)}`];
    }),
    ...(given(tool['sensitive']) === '' ? [] : [`touches ${shown(tool['sensitive'])}`]),
  ];
  return lines.join('\n');
}

function valuesOf(values: Json | undefined): string {
  const rows = listOf(values).map(({ path, value, isCut, isPart, standing, sources }) => {
    return [
      `${isPart === true ? 'in ' : ''}${plainWord(path ?? null)}`,
      `${plainWord(value ?? null)}${isCut === true ? '…' : ''}`,
      shown(standing),
      shown(sources),
    ];
  });
  return renderRows(
    ['argument', 'value', 'standing', 'seen in'],
    rows,
    'nowhere but with the agent',
  );
}

function agentOf(says: Json): string {
  if (!isJsonObject(says) || listOf(says['arguments']).length === 0) return '';
  return section(
    "on the agent's word alone",
    `${shown(says['note'])}\n${valuesOf(says['arguments'])}`,
  );
}

function castOf(said: JsonObject): string {
  const rows = listOf(said['cast']).map(({ at, person, outcome, inSeatOf, mechanism, reason }) => {
    const seat = given(inSeatOf);
    const who = seat === '' ? shown(person) : `${shown(person)} for ${seat}`;
    return [shownTime(at), who, shown(outcome), shown(mechanism), shown(reason)];
  });
  if (rows.length === 0) return '';
  return section('votes', renderRows(['at', 'who', 'says', 'by', 'because'], rows, ''));
}

/** Returns one member as it is shown, or nothing where there is nothing. */
function given(value: Json | undefined): string {
  const isNone =
    value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  return isNone ? '' : shown(value);
}

function objectOf(value: Json | undefined): JsonObject | null {
  return value !== undefined && isJsonObject(value) ? value : null;
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
