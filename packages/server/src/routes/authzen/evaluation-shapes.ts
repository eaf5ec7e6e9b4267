import type { Json, JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { fault, type Parsed } from '../parse-shape.ts';
import { object } from '../shapes.ts';

// Members nobody knows are ignored here, and here alone: AuthZEN asks for it, so that a newer
// enforcement point can speak to an older decision point.

const text = z.string().min(1).max(512);

/** Who acts. Source: AuthZEN 1.0, section 5.1. */
export type Subject = {
  readonly type: string;
  readonly id: string;
  readonly properties?: JsonObject | undefined;
};

/** One evaluation with nothing left out. */
export type Evaluation = {
  readonly subject: Subject;
  readonly action: { readonly name: string; readonly properties?: JsonObject | undefined };
  readonly resource: Subject;
  readonly context?: JsonObject | undefined;
};

/** The order in which several evaluations end. */
export type Semantic = 'execute_all' | 'deny_on_first_deny' | 'permit_on_first_permit';

/** Several evaluations, each still to be completed from what stands beside them. */
export type Evaluations = {
  readonly defaults: JsonObject;
  readonly evaluations: readonly JsonObject[];
  readonly semantic: Semantic;
};

const entityShape: z.ZodType<Subject> = z.object({
  type: text,
  id: text,
  properties: object.optional(),
});

/** The shape of one evaluation. */
export const evaluation: z.ZodType<Evaluation> = z.object({
  subject: entityShape,
  action: z.object({ name: text, properties: object.optional() }),
  resource: entityShape,
  context: object.optional(),
});

/** How many evaluations one request may hold. */
export const MAX_EVALUATIONS = 100;

/** The shape of several. What is missing in one stands at the top. */
export const evaluations: z.ZodType = z.looseObject({
  evaluations: z.array(object).max(MAX_EVALUATIONS).optional(),
  options: z
    .looseObject({
      evaluations_semantic: z
        .enum(['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'])
        .optional(),
    })
    .optional(),
});

/** The shape of one decision. */
export const decision: z.ZodType<object> = z.strictObject({
  decision: z.boolean(),
  context: object.optional(),
});

/** Reads one evaluation: the same as its shape, in a fraction of the time. */
export function readEvaluation(value: unknown): Parsed<Evaluation> {
  if (!isRecord(value)) return fault('', 'must be an object');
  const subject = readEntity(value, 'subject');
  if (!subject.ok) return subject;
  const action = readAction(value);
  if (!action.ok) return action;
  const resource = readEntity(value, 'resource');
  if (!resource.ok) return resource;
  const { context } = value;
  if (context !== undefined && !isRecord(context)) return fault('context', 'must be an object');
  const entities = { subject: subject.value, action: action.value, resource: resource.value };
  return { ok: true, value: { ...entities, context } };
}

/** Reads several evaluations, each of which is read when its turn comes. */
export function readEvaluations(value: unknown): Parsed<Evaluations> {
  if (!isRecord(value)) return fault('', 'must be an object');
  const { evaluations: several = [], options = {}, ...defaults } = value;
  if (!isRecords(several)) {
    return fault('evaluations', `must be a list of at most ${MAX_EVALUATIONS} objects`);
  }
  if (!isRecord(options)) return fault('options', 'must be an object');
  const { evaluations_semantic: semantic = 'execute_all' } = options;
  if (!isSemantic(semantic)) {
    return fault('options.evaluations_semantic', `must be one of ${SEMANTICS.join(', ')}`);
  }
  return { ok: true, value: { defaults, evaluations: several, semantic } };
}

const SEMANTICS: readonly Semantic[] = [
  'execute_all',
  'deny_on_first_deny',
  'permit_on_first_permit',
];

function isSemantic(value: Json): value is Semantic {
  return SEMANTICS.some((semantic) => semantic === value);
}

function isRecords(value: Json): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length <= MAX_EVALUATIONS && value.every(isRecord);
}

function readEntity(whole: JsonObject, name: 'subject' | 'resource'): Parsed<Subject> {
  const entity = whole[name];
  if (!isRecord(entity)) return fault(name, 'must be an object');
  const { type, id, properties } = entity;
  if (!isName(type)) return fault(`${name}.type`, 'must be a text of 1 to 512 characters');
  if (!isName(id)) return fault(`${name}.id`, 'must be a text of 1 to 512 characters');
  if (!isPresent(properties)) return { ok: true, value: { type, id } };
  if (!isRecord(properties)) return fault(`${name}.properties`, 'must be an object');
  return { ok: true, value: { type, id, properties } };
}

function readAction({ action }: JsonObject): Parsed<Evaluation['action']> {
  if (!isRecord(action)) return fault('action', 'must be an object');
  const { name, properties } = action;
  if (!isName(name)) return fault('action.name', 'must be a text of 1 to 512 characters');
  if (!isPresent(properties)) return { ok: true, value: { name } };
  if (!isRecord(properties)) return fault('action.properties', 'must be an object');
  return { ok: true, value: { name, properties } };
}

/** Whatever `JSON.parse` returns that is neither a list, null nor a scalar is an object of JSON. */
function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPresent(value: Json | undefined): value is Json {
  return value !== undefined;
}

function isName(value: Json | undefined): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 512;
}
