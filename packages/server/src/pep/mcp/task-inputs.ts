import { hash } from 'node:crypto';

import { canonical, isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { CODES, type RpcError } from './message.ts';
import type { Refusal } from './refusal.ts';
import { type Relay, refusalOf } from './relay.ts';
import { letInput, takeInput } from './server-asks.ts';
import type { OpenTask } from './task-book.ts';

const MOST_ASKED = 100;

/**
 * Decides what a task of the modern era asks of the client: what was let through before is asked
 * again and again until it is answered, and the same key may not stand for another question.
 */
export async function letTaskInputs(
  relay: Relay,
  task: OpenTask,
  { inputRequests }: JsonObject,
): Promise<Refusal | null> {
  const asked = isJsonObject(inputRequests ?? null) ? Object.entries(Object(inputRequests)) : [];
  for (const [key, given] of asked) {
    // What `JSON.parse` returned stays JSON under `Object.entries`.
    const value = given as Json;
    const digest = hash('sha256', canonical(value), 'hex');
    const known = task.asked.get(key);
    if (known?.digest === digest) continue;
    if (known !== undefined || task.asked.size >= MOST_ASKED) {
      const say = 'the server asks too much, or asks something else by a name it used before';
      return refusalOf('bad-answer', say, { tool: task.tool, decision: task.decision });
    }
    const refusal = await letInput(relay, keyIn(task, key), value);
    if (refusal !== null) return refusal;
    task.asked.set(key, { digest, isOpen: true });
  }
  return null;
}

type Taken =
  | { readonly ok: true; readonly responses: JsonObject }
  | { readonly ok: false; readonly error: RpcError };

/** Records what the client answers to a task; what nobody asks, or asks no more, is left out. */
export async function takeTaskInputs(
  relay: Relay,
  task: OpenTask,
  { inputResponses }: JsonObject,
): Promise<Taken> {
  if (!isJsonObject(inputResponses ?? null)) {
    const message = '`inputResponses` must be an object';
    return { ok: false, error: { code: CODES.invalidParams, message } };
  }
  const responses: [string, Json][] = [];
  for (const [key, given] of Object.entries(Object(inputResponses))) {
    const asked = task.asked.get(key);
    if (asked?.isOpen !== true) continue;
    // What `JSON.parse` returned stays JSON under `Object.entries`.
    const value = given as Json;
    const error = await takeInput(relay, { key: keyIn(task, key), name: key }, value);
    if (error !== null) return { ok: false, error };
    asked.isOpen = false;
    responses.push([key, value]);
  }
  return { ok: true, responses: Object.fromEntries(responses) };
}

// Two tasks may ask by the same key.
function keyIn({ id }: OpenTask, key: string): string {
  return JSON.stringify([id, key]);
}
