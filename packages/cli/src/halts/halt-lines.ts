import type { JsonObject } from '@plumbline/core';

import { rowsOf, shown } from '../daemon/connection.ts';

/** One thing a halt waits for or ends: told apart by its key, and how it is in words. */
export type HaltLine = {
  readonly key: string;
  readonly text: string;
  /** Whether it goes on; then how long so far is to be added. */
  readonly isOpen: boolean;
};

/** Returns the objects of a list in a halt's view. */
export function listOf(view: JsonObject, name: string): readonly JsonObject[] {
  return rowsOf({ rows: view[name] ?? [] });
}

/** Returns one line for each enforcement point and each executor of a halt. */
export function haltLines(view: JsonObject): readonly HaltLine[] {
  return [
    ...listOf(view, 'acknowledged').map((holder) => holderLine(holder, 'acknowledged after')),
    ...listOf(view, 'ranOut').map((holder) => holderLine(holder, 'its lease ran out after')),
    ...listOf(view, 'waitingFor').map((holder) => holderLine(holder, null)),
    ...listOf(view, 'executors').map((execution) => ({
      key: `executor ${shown(execution['execution'])}`,
      text: executionWords(execution),
      isOpen: execution['state'] === 'running',
    })),
  ];
}

/** Returns whether nothing is waited for any more, and everything that was to end has ended. */
export function isSettled(view: JsonObject): boolean {
  return view['state'] === 'effective' && haltLines(view).every(({ isOpen }) => !isOpen);
}

/** Returns whether something could not be ended. */
export function hasFailed(view: JsonObject): boolean {
  return listOf(view, 'executors').some(({ state }) => state === 'failed');
}

function holderLine({ agent, lease, name, ms }: JsonObject, how: string | null): HaltLine {
  const whose = agent === '' ? '' : ` of ${shown(agent)}`;
  const what = `${shown(name)}${whose}: `;
  const key = `holder ${shown(agent)} ${shown(lease)}`;
  if (how === null) return { key, text: `${what}waited for`, isOpen: true };
  return { key, text: `${what}${how} ${milliseconds(ms)}`, isOpen: false };
}

/** Returns what an execution has come to, in words. */
export function executionWords(execution: JsonObject): string {
  const { agent, executor, holder, state, ms, tries, why } = execution;
  const took = typeof ms === 'number' ? ` in ${milliseconds(ms)}` : '';
  const again = Number(tries) > 0 ? `, tried again ${shown(tries)} times` : '';
  const because = typeof why === 'string' ? `: ${why}` : '';
  const what = `${shown(executor)} of ${shown(agent)} (${shown(holder)})`;
  return `${what}: ${shown(state)}${took}${again}${because}`;
}

function milliseconds(ms: JsonObject[string] | undefined): string {
  return `${Math.ceil(Number(ms))} ms`;
}

/** Returns how far a halt is as a whole, and the calls that nobody has heard of again. */
export function progressOf(view: JsonObject): string {
  const running = listOf(view, 'inFlight').filter(({ end }) => end === 'running');
  const calls = running.length === 0 ? '' : `\n${stillRunning(running)}`;
  if (view['state'] !== 'effective') {
    const names = listOf(view, 'waitingFor').map(({ name }) => shown(name));
    return `not effective yet: waiting for ${names.join(', ')}${calls}`;
  }
  const heard = listOf(view, 'acknowledged').length;
  const ranOut = listOf(view, 'ranOut').length;
  const who = `${heard} enforcement points acknowledged it, ${ranOut} leases ran out`;
  return `effective in ${milliseconds(view['effectiveMs'])}: ${who}${calls}${besideCalls(view)}`;
}

/** Effective is about calls alone: says what else goes on, or was not ended. */
function besideCalls(view: JsonObject): string {
  const all = listOf(view, 'executors');
  const count = (of: string): number => all.filter(({ state }) => state === of).length;
  const [running, failed] = [count('running'), count('failed')];
  const follow = `plumb halts show ${shown(view['halt'])} --watch`;
  const open = running === 0 ? '' : `\n${running} of ${all.length} other ends go on: ${follow}`;
  const not = failed === 0 ? '' : `\n${failed} of ${all.length} other ends failed`;
  return `${open}${not}`;
}

/** Returns one line for each thing that was ended beside calls, each below the one before. */
export function executedIn(view: JsonObject): string {
  return listOf(view, 'executors')
    .map((execution) => `\n  ${executionWords(execution)}`)
    .join('');
}

function stillRunning(running: readonly JsonObject[]): string {
  const lines = running.map(({ agent, tool, decision }) => {
    return `  ${shown(agent)} ${shown(tool)} ${shown(decision)}`;
  });
  return [`forwarded before and not heard of again (${running.length}):`, ...lines].join('\n');
}
