import { z } from 'zod';

import type { Execution } from '../../guard/halts/executing.ts';
import type { AnsweredHalt, HolderView } from '../../guard/halts/view.ts';
import { agentId, chainAgent, count, stopWords, time, words } from '../shapes.ts';
import type { ShownHalt } from './seen-by.ts';

const target = z.string().min(1).max(512);
const AGENT_SCOPES = ['agent', 'session', 'room', 'tool', 'task'] as const;
const WIDE_SCOPES = ['fleet', 'room'] as const;

type Stop<S extends string> = {
  readonly scope: S;
  readonly target?: string | undefined;
  readonly reason: string;
};
type Halting<S extends string> = Stop<S> & { readonly incident?: 'optimisation' | undefined };
type AgentScope = (typeof AGENT_SCOPES)[number];
type WideScope = (typeof WIDE_SCOPES)[number];

const NAMED = 'must name what stops, and be left out where the scope says it all';

function isNamed({ scope, target: named }: Stop<string>): boolean {
  return (scope !== 'agent' && scope !== 'fleet') === (named !== undefined);
}

const incident = z.literal('optimisation').optional();

/** What stops of one agent. */
export const haltBody: z.ZodType<Halting<AgentScope>> = z
  .strictObject({
    scope: z.enum(AGENT_SCOPES).default('agent'),
    target: target.optional(),
    reason: stopWords,
    incident,
  })
  .refine(isNamed, { message: NAMED, path: ['target'] });

/** What goes on of one agent. */
export const resumeBody: z.ZodType<Stop<AgentScope>> = z
  .strictObject({
    scope: z.enum(AGENT_SCOPES).default('agent'),
    target: target.optional(),
    reason: words,
  })
  .refine(isNamed, { message: NAMED, path: ['target'] });

/** What stops of every agent. */
export const haltAllBody: z.ZodType<Halting<WideScope>> = z
  .strictObject({
    scope: z.enum(WIDE_SCOPES).default('fleet'),
    target: target.optional(),
    reason: stopWords,
    incident,
  })
  .refine(isNamed, { message: NAMED, path: ['target'] });

/** What goes on of every agent. */
export const resumeAllBody: z.ZodType<Stop<WideScope>> = z
  .strictObject({
    scope: z.enum(WIDE_SCOPES).default('fleet'),
    target: target.optional(),
    reason: words,
  })
  .refine(isNamed, { message: NAMED, path: ['target'] });

// What stands for leases of an earlier daemon names no agent.
const holder = { agent: agentId.or(z.literal('')), lease: z.string(), name: z.string() };
const holderView: z.ZodType<HolderView> = z.strictObject(holder);
const settled = z.strictObject({ ...holder, at: time, ms: z.number().min(0) });

const latched = {
  halt: z.string(),
  epoch: count,
  state: z.enum(['latched', 'effective']),
  latchedAt: time,
  waitingFor: z.array(holderView),
  index: count.nullable(),
};

/** What is answered once a halt is latched. */
export const answeredHalt: z.ZodType<AnsweredHalt> = z.strictObject({
  ...latched,
  warning: z.string().nullable(),
});

const execution: z.ZodType<Execution> = z.strictObject({
  execution: z.string(),
  agent: chainAgent,
  executor: z.string(),
  holder: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  startedAt: time,
  ms: z.number().min(0).nullable(),
  tries: count,
  why: z.string().nullable(),
});

/** A halt as it is shown. */
export const haltView: z.ZodType<ShownHalt> = z.strictObject({
  ...latched,
  agent: agentId.nullable(),
  scope: z.enum(['fleet', 'agent', 'session', 'room', 'tool', 'task']),
  target: z.string(),
  reason: z.string(),
  by: z.string(),
  byName: z.string().nullable(),
  incident: z.literal('optimisation').nullable(),
  effectiveAt: time.nullable(),
  effectiveMs: z.number().min(0).nullable(),
  acknowledged: z.array(settled),
  ranOut: z.array(settled),
  inFlight: z.array(
    z.strictObject({
      agent: chainAgent,
      session: z.string(),
      decision: z.string(),
      tool: z.string(),
      end: z.enum(['running', 'cancelled', 'finished', 'not_sent']),
    }),
  ),
  executors: z.array(execution),
  resumedAt: time.nullable(),
  revision: count,
});
