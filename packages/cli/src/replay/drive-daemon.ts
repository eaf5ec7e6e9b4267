import { isJsonObject, type JsonObject, VERDICTS, type VerdictKind } from '@plumbline/core';

import type { Run, Step } from '../readers/run.ts';
import { Stop } from '../stop.ts';
import type { Staging } from './drive.ts';

/** Asks a daemon for one operation and returns its value. Errors: `Stop` with what it refused. */
export type AskDaemon = (op: Operation, members: JsonObject) => Promise<JsonObject>;

/** What an enforcement point and an opener ask for. */
export type Operation = 'open' | 'close' | 'message' | 'decide' | 'redeem' | 'outcome';

/** What the daemon answered to one recorded call; `rules` are those that decided. */
export type AnsweredCall = {
  readonly verdict: VerdictKind;
  readonly rules: readonly string[];
  /** Empty when the arguments were no JSON object and the daemon was never asked. */
  readonly decision: string;
};

type Place = { readonly agent: string; readonly ask: AskDaemon };

/**
 * Drives one recorded run through a daemon as its opener and its enforcement point would: opens a
 * session, says what the principal said, asks before each call, redeems, and reports what the
 * recording holds of its result.
 *
 * Returns the answers by call, as `driveRun` does.
 * Source: spec/replay-manifest.md, section "How a run is replayed".
 */
export async function driveThroughDaemon(
  run: Run,
  staging: Staging,
  { agent, ask }: Place,
): Promise<readonly AnsweredCall[]> {
  const opened = await ask('open', { agent, ...attested(run, staging) });
  const session = textOf(opened, 'session');
  const drive = { agent, session, from: staging.mapping.user, ask, calls: [] };
  for (const step of run.steps) await take(step, drive);
  await leaveUnanswered(run, drive);
  await ask('close', { agent, session });
  return drive.calls;
}

type Drive = Place & {
  readonly session: string;
  readonly from: 'principal' | 'untrusted';
  readonly calls: AnsweredCall[];
};

/** Returns what an opener attests of a run's session. */
export function attested(run: Run, { mapping, task }: Staging): JsonObject {
  const systemText = run.steps
    .flatMap((step) => (step.kind === 'message' && step.role === 'system' ? [step.text] : []))
    .join('\n');
  const hasSystem = mapping.system === 'attested' && systemText !== '';
  const attributes = hasSystem ? { ...mapping.session, system: systemText } : mapping.session;
  const { principal } = mapping;
  return { principal, attributes, ...(task === null ? {} : { task }) };
}

async function take(step: Step, drive: Drive): Promise<void> {
  const { agent, session, from, ask, calls } = drive;
  switch (step.kind) {
    case 'message':
      if (step.role === 'user') await ask('message', { agent, session, from, text: step.text });
      return;
    case 'call':
      calls[step.call] = await decideCall(step, drive);
      return;
    case 'result': {
      const call = calls[step.call];
      if (call === undefined || !isExecuted(call)) return;
      const status = step.isError ? 'error' : 'ok';
      const { decision } = call;
      await ask('outcome', { agent, session, decision, status, result: step.result });
    }
  }
}

async function decideCall(
  { call, tool, args }: Extract<Step, { readonly kind: 'call' }>,
  { agent, session, ask }: Drive,
): Promise<AnsweredCall> {
  if (args === null) return { verdict: 'deny', rules: [], decision: '' };
  const answer = await ask('decide', { agent, session, request: `call-${call}`, tool, args });
  const { permit, rules } = answer;
  if (isJsonObject(permit)) await ask('redeem', { agent, token: textOf(permit, 'token') });
  return {
    verdict: verdictOf(answer),
    rules: Array.isArray(rules) ? rules.map(String) : [],
    decision: textOf(answer, 'decision'),
  };
}

/** Calls let out of which the record tells nothing more. */
async function leaveUnanswered(run: Run, { agent, session, ask, calls }: Drive): Promise<void> {
  const results = run.steps.flatMap((step) => (step.kind === 'result' ? [step.call] : []));
  const answered = new Set(results);
  for (const [call, answer] of calls.entries()) {
    if (!isExecuted(answer) || answered.has(call)) continue;
    await ask('outcome', { agent, session, decision: answer.decision, status: 'unknown' });
  }
}

function isExecuted({ verdict }: AnsweredCall): boolean {
  return verdict === 'allow' || verdict === 'modify';
}

/** Returns the verdict in an answer or row of the daemon. */
export function verdictOf(answer: JsonObject): VerdictKind {
  const found = VERDICTS.find((verdict) => verdict === answer['verdict']);
  if (found === undefined) throw new Stop('the daemon answered without a verdict');
  return found;
}

/** Returns a text in an answer of the daemon. */
export function textOf(answer: JsonObject, member: string): string {
  const text = answer[member];
  if (typeof text !== 'string') throw new Stop(`the daemon answered without \`${member}\``);
  return text;
}
