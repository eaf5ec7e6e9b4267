import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Era } from './methods.ts';

/** The extension of the modern era that tasks are, as both sides declare it. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

const RELATED = 'io.modelcontextprotocol/related-task';
const IMMEDIATE = 'io.modelcontextprotocol/model-immediate-response';

const STATUSES = ['working', 'input_required', 'completed', 'failed', 'cancelled'] as const;

export type TaskStatus = (typeof STATUSES)[number];

/** How a server says that a task stands. Of all of it only `statusMessage` is free text. */
export type Task = {
  readonly id: string;
  readonly status: TaskStatus;
  readonly statusMessage: string | null;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  /** How long the server keeps it from its creation on, in milliseconds; null: no end is told. */
  readonly ttlMs: number | null;
  readonly pollMs: number | null;
};

const LONGEST_ID = 512;

/** Returns a task as a server of an era says it, or null for what is none. */
export function parseTask(value: Json | undefined, era: Era): Task | null {
  if (!isJsonObject(value ?? null)) return null;
  const {
    taskId: id,
    status,
    statusMessage = null,
    createdAt,
    ...rest
  }: JsonObject = Object(value);
  const { lastUpdatedAt = createdAt } = rest;
  const ttlMs = rest[era === 'modern' ? 'ttlMs' : 'ttl'] ?? null;
  const pollMs = rest[era === 'modern' ? 'pollIntervalMs' : 'pollInterval'] ?? null;
  const known = STATUSES.find((each) => each === status);
  if (typeof id !== 'string' || id === '' || id.length > LONGEST_ID) return null;
  if (known === undefined || !isTime(createdAt) || !isTime(lastUpdatedAt)) return null;
  if (statusMessage !== null && typeof statusMessage !== 'string') return null;
  if (!isSpan(ttlMs) || !isSpan(pollMs)) return null;
  return { id, status: known, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollMs };
}

function isTime(value: Json | undefined): value is string {
  return (
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:\d\d)$/.test(value)
  );
}

function isSpan(value: Json): value is number | null {
  return value === null || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}

/** Returns a task as a client of an era reads it. */
export function printTask(task: Task, era: Era): JsonObject {
  const { id: taskId, status, statusMessage, createdAt, lastUpdatedAt, ttlMs, pollMs } = task;
  const said = statusMessage === null ? {} : { statusMessage };
  const shown = { taskId, status, ...said, createdAt, lastUpdatedAt };
  if (era === 'modern') {
    return { ...shown, ttlMs, ...(pollMs === null ? {} : { pollIntervalMs: pollMs }) };
  }
  return { ...shown, ttl: ttlMs, ...(pollMs === null ? {} : { pollInterval: pollMs }) };
}

/** Whether a task comes to nothing else any more. */
export function isTerminal({ status }: Pick<Task, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** A task that a call was answered with, and what the model is to read meanwhile. */
export type Created = { readonly task: Task; readonly immediate: string | null };

/** Returns the task in the result of a call; `bad` where it is one that cannot be read. */
export function createdIn(result: JsonObject, era: Era): Created | 'none' | 'bad' {
  const isTask = era === 'modern' ? result['resultType'] === 'task' : 'task' in result;
  if (!isTask) return 'none';
  const task = parseTask(era === 'modern' ? result : result['task'], era);
  if (task === null) return 'bad';
  const immediate: unknown = Object(result['_meta'])[IMMEDIATE];
  return { task, immediate: typeof immediate === 'string' ? immediate : null };
}

/** Returns the result of a call that became a task. */
export function printCreated({ task, immediate }: Created, era: Era): JsonObject {
  const meta = immediate === null ? {} : { _meta: { [IMMEDIATE]: immediate } };
  if (era === 'modern') return { resultType: 'task', ...printTask(task, era), ...meta };
  return { task: printTask(task, era), ...meta };
}

/** Returns what names a task, by itself or as the member `task`, with another name for it. */
export function renameTask(value: JsonObject, rename: (id: string) => string): JsonObject {
  const { taskId, task } = value;
  return renameRelated(
    {
      ...value,
      ...(typeof taskId === 'string' ? { taskId: rename(taskId) } : {}),
      ...(isJsonObject(task ?? null) ? { task: renameTask(Object(task), rename) } : {}),
    },
    rename,
  );
}

/** Returns what belongs to a task with another name for it. */
export function renameRelated(value: JsonObject, rename: (id: string) => string): JsonObject {
  const { _meta } = value;
  const related: unknown = Object(_meta)[RELATED];
  const id: unknown = Object(related)['taskId'];
  if (typeof id !== 'string') return value;
  return { ...value, _meta: { ...Object(_meta), [RELATED]: { taskId: rename(id) } } };
}

/** Whether a request of the modern era says that its client knows tasks. */
export function declaresTasks(params: JsonObject): boolean {
  const capabilities: unknown = Object(params['_meta'])[
    'io.modelcontextprotocol/clientCapabilities'
  ];
  const extensions: unknown = Object(Object(capabilities)['extensions']);
  return isJsonObject(Object(extensions)[TASKS_EXTENSION] ?? null);
}
