import { hash } from 'node:crypto';

import { canonical, type JsonObject } from '@plumbline/core';

import type { Call } from './call.ts';
import type { Report, Said } from './enforcement.ts';
import { printRequest, printResult, type Response, type ResponseBody } from './message.ts';
import { type Relay, refusalOf, settle } from './relay.ts';
import type { Refusal } from './refusal.ts';
import type { OpenTask, TaskEnd } from './task-book.ts';
import { type Created, createdIn, isTerminal, printCreated, type Task } from './task-shape.ts';
import { outcomeOf } from './tool-result.ts';

/** What a call that was forwarded turned into. */
export type Beginning =
  | { readonly kind: 'no-task' }
  | { readonly kind: 'began'; readonly response: Response }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Forwarded = {
  readonly call: Call;
  readonly decision: string;
  readonly response: Response;
  /** Aborted by a halt that covers the action, for as long as it runs. */
  readonly signal: AbortSignal | null;
};

/**
 * Takes in the task that a call was answered with. That it runs is recorded before the client
 * learns of it, and what became of the action is not known until the task has a result.
 */
export async function beginTask(relay: Relay, forwarded: Forwarded): Promise<Beginning> {
  const { call, decision, response } = forwarded;
  const { body } = response;
  const created =
    body.kind === 'result' && isMeant(forwarded) ? createdIn(body.result, call.era) : 'none';
  if (created === 'none') return { kind: 'no-task' };
  const opened = created === 'bad' || !call.asTask ? null : openTask(relay, forwarded, created);
  if (opened === null || created === 'bad') {
    await relay.enforcement.report({ decision, status: 'unknown', result: null });
    const say = 'the server answered with a task that nobody can follow; it may run';
    return {
      kind: 'refused',
      refusal: refusalOf('bad-answer', say, { tool: call.tool, decision }),
    };
  }
  const words = [created.immediate ?? '', created.task.statusMessage ?? ''].join('\n').trim();
  const said = await recordWords(relay, opened, words);
  if (!said.ok) {
    endTask(relay, opened, 'closed');
    const say = `the task could not be recorded (${said.message}), so it is cancelled`;
    return {
      kind: 'refused',
      refusal: refusalOf('unrecorded', say, { tool: call.tool, decision }),
    };
  }
  const { id } = call.request;
  const result = printCreated(created, call.era);
  const printed = { ...response, body: { kind: 'result', result } as const };
  return { kind: 'began', response: { ...printed, bytes: printResult(id, result) } };
}

// Without being asked for one, a legacy server's member `task` is content like any other.
function isMeant({ call }: Forwarded): boolean {
  return call.asTask || call.era === 'modern';
}

function openTask(
  relay: Relay,
  { call, decision, signal }: Forwarded,
  { task }: Created,
): OpenTask | null {
  const opened: OpenTask = {
    id: task.id,
    era: call.era,
    tool: call.tool,
    decision,
    meta: metaOf(call),
    progressToken: call.progressToken,
    sinceMs: performance.now(),
    task,
    said: null,
    outcome: null,
    recording: Promise.resolve(),
    end: null,
    asked: new Map(),
    waiting: new Set(),
  };
  if (!relay.tasks.add(opened, () => endTask(relay, opened, 'expired'))) return null;
  const halt = (): void => endTask(relay, opened, 'halted');
  signal?.addEventListener('abort', halt);
  if (signal?.aborted === true) halt();
  return opened;
}

function metaOf({ era, request }: Call): JsonObject {
  if (era === 'legacy') return {};
  const { progressToken: _, ...meta }: JsonObject = Object(request.params['_meta']);
  return { _meta: meta };
}

/** Ends what is expected of a task: nothing of it is released any more. */
export function endTask(relay: Relay, task: OpenTask, why: TaskEnd): void {
  if (task.end !== null) return;
  const isOwed = task.outcome === null;
  task.end = why;
  for (const told of task.waiting) told(why);
  task.waiting.clear();
  if (!isOwed) return;
  if (why !== 'server-gone' && !isTerminal(task.task)) tellCancel(relay, task);
  settle(relay, recordEnd(relay, task));
}

function tellCancel(relay: Relay, { id, meta }: OpenTask): void {
  const own = relay.makeId();
  relay.toServer.open(own, () => undefined);
  relay.wires.toServer(printRequest('tasks/cancel', { ...meta, taskId: id }, own));
}

/** Whether it acted is not known; that it is not waited for any more, is. */
function recordEnd({ enforcement }: Relay, task: OpenTask): Promise<Said<null>> {
  const { decision } = task;
  return inTurn(task, () => enforcement.report({ decision, status: 'unknown', result: null }));
}

/** Takes in how a task stands by now, and records the words in it. */
export async function noteTask(relay: Relay, of: OpenTask, task: Task): Promise<Said<null>> {
  const before = of.task;
  of.task = task;
  if (task.ttlMs !== before.ttlMs) {
    relay.tasks.keepUntil(of, () => endTask(relay, of, 'expired'));
  }
  if (task.status === 'cancelled' && before.status !== 'cancelled' && of.outcome === null) {
    await recordEnd(relay, of);
  }
  return recordWords(relay, of, task.statusMessage ?? '');
}

/** Records that a task runs, and the words that come with it, where they were not told before. */
async function recordWords(relay: Relay, of: OpenTask, words: string): Promise<Said<null>> {
  const { decision, id } = of;
  if (of.said === words || (words === '' && of.said !== null)) return DONE;
  const { result } = outcomeOf({ kind: 'result', result: { task: id, words } });
  const status = 'unknown';
  const report: Report = { decision, status, result, isRunning: true };
  const said = await inTurn(of, async () => {
    // What has its outcome is told no more; its words are content that comes by another way.
    if (of.outcome !== null) return relay.enforcement.untrusted(words);
    return relay.enforcement.report(report);
  });
  if (said.ok) of.said = words;
  return said;
}

/**
 * Records what a task came to, once: the same result may be released again, another one may not.
 * Returns whether it is recorded.
 */
export function recordResult(relay: Relay, of: OpenTask, body: ResponseBody): Promise<Said<null>> {
  const { status, result } = outcomeOf(body);
  const digest = hash('sha256', canonical({ status, result }), 'hex');
  const { decision } = of;
  return inTurn(of, async () => {
    if (of.outcome !== null) return of.outcome === digest ? DONE : CHANGED;
    const said = await relay.enforcement.report({ decision, status, result });
    if (said.ok) of.outcome = digest;
    return said;
  });
}

function inTurn<T>(task: OpenTask, work: () => Promise<T>): Promise<T> {
  const done = task.recording.then(work);
  task.recording = done.catch(() => undefined);
  return done;
}

const DONE = { ok: true, value: null } as const;
const CHANGED = {
  ok: false,
  code: 'changed',
  message: 'the server gave another result of this task before',
} as const;
