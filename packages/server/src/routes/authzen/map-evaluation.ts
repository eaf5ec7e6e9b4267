import type { Json, JsonObject } from '@plumbline/core';

import { noAgent } from '../../guard/refusal.ts';
import type { Attestation, EvaluationRequest } from '../../guard/guard.ts';
import type { Caller, Right } from '../caller.ts';
import { fault, type Parsed } from '../parse-shape.ts';
import { isFor } from '../rights.ts';
import { agentId } from '../shapes.ts';
import type { Evaluation } from './evaluation-shapes.ts';

/** Who asks for an evaluation. */
export type Asker = { readonly caller: Caller; readonly rights: readonly Right[] };

/**
 * Returns what an evaluation asks of the guard. A subject of type `agent` acts in an open session;
 * any other is a principal the caller attests to, for one look.
 * Source: spec/api/README.md, section "AuthZEN".
 */
export function mapEvaluation(asked: Evaluation, asker: Asker): Parsed<EvaluationRequest> {
  const args = argsOf(asked);
  if (!args.ok) return args;
  const place = asked.subject.type === 'agent' ? sessionOf(asked, asker) : attest(asked, asker);
  if (!place.ok) return place;
  return { ok: true, value: { ...place.value, tool: asked.action.name, args: args.value } };
}

type Place = Pick<EvaluationRequest, 'agent' | 'session'>;

function sessionOf({ subject, context = {} }: Evaluation, asker: Asker): Parsed<Place> {
  if (!asker.rights.includes('act') && !asker.rights.includes('read')) {
    return forbidden('evaluating for an agent takes `act` or `read`');
  }
  const isNamed = isAgent(subject.id) && isFor(asker.caller, subject.id);
  if (!isNamed) return unknownAgent(subject.id);
  const { session } = context;
  if (typeof session === 'string' && session !== '') {
    return { ok: true, value: { agent: subject.id, session } };
  }
  return fault('context.session', 'must name the open session the agent acts in');
}

function attest({ subject, context = {} }: Evaluation, asker: Asker): Parsed<Place> {
  if (!asker.rights.includes('open-session')) {
    return forbidden('saying who asks takes `open-session`');
  }
  const only = asker.caller.agents?.length === 1 ? asker.caller.agents[0] : undefined;
  const { agent = only, task = null, room = null } = context;
  if (!isAgent(agent)) return fault('context.agent', 'must name the agent that would act');
  if (!isFor(asker.caller, agent)) return unknownAgent(agent);
  if (!isNameOrNull(task)) return fault('context.task', 'must be a name');
  if (!isNameOrNull(room)) return fault('context.room', 'must be a name');
  const attributes = subject.properties ?? {};
  const openedBy = asker.caller.id;
  const session: Attestation = { principal: subject.id, task, room, attributes, openedBy };
  return { ok: true, value: { agent, session } };
}

/** Both hold arguments; one that is in both must be the same, or a rule could look at the other. */
function argsOf({ action, resource }: Evaluation): Parsed<JsonObject> {
  const ofAction = action.properties ?? {};
  const ofResource = resource.properties ?? {};
  const both = Object.keys(ofAction).find((name) => Object.hasOwn(ofResource, name));
  if (both === undefined) return { ok: true, value: { ...ofResource, ...ofAction } };
  return fault(`action.properties.${both}`, 'stands in `resource.properties` as well');
}

function isAgent(value: Json | undefined): value is string {
  return agentId.safeParse(value).success;
}

function isNameOrNull(value: Json): value is string | null {
  return value === null || (typeof value === 'string' && value.length > 0 && value.length <= 512);
}

function forbidden(detail: string): Parsed<never> {
  return { ok: false, problem: { code: 'forbidden', detail } };
}

function unknownAgent(agent: string): Parsed<never> {
  return {
    ok: false,
    problem: { code: 'unknown-agent', detail: noAgent(agent) },
  };
}
