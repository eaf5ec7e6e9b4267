import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { answer, refuse, type Reply, route, type Route } from '../route.ts';
import { object } from '../shapes.ts';
import type { HookSaid } from './hook-door.ts';

const MOST_WAIT_S = 540;
const MOST_GATEWAYS = 1_000;

/** What stands in the address of a hook: what whoever installed it attests. */
type HookQuery = {
  readonly principal: string;
  readonly task?: string | undefined;
  readonly prefix?: string | undefined;
  readonly gateways?: string | undefined;
  readonly wait?: number | undefined;
  readonly form?: 'sh' | 'json' | undefined;
};

const name = z.string().min(1).max(512);

const hookQuery: z.ZodType<HookQuery> = z.strictObject({
  principal: name,
  task: name.optional(),
  prefix: z.string().max(64).optional(),
  gateways: z.string().max(65_536).optional(),
  wait: z.coerce.number().int().min(0).max(MOST_WAIT_S).optional(),
  form: z.enum(['sh', 'json']).optional(),
});

const WAIT_S = 45;

// Clients tell what they like beside what is read, and differ in what a conversation is called.
const hookBody: z.ZodType<JsonObject> = object.refine(
  ({ session_id: session, conversation_id: conversation }) =>
    typeof session === 'string' || typeof conversation === 'string',
  { message: 'it names no conversation by `session_id` or `conversation_id`' },
);

/** Answers a hook of a coding agent. What the events mean is in spec/hooks.md. */
export const takeHookEvent: Route = route<JsonObject, HookQuery>({
  name: 'takeHookEvent',
  method: 'POST',
  path: '/api/v1/agents/{agent}/hooks/{client}/{event}',
  rights: ['open-session'],
  reach: 'agent',
  summary: 'answers a hook of a coding agent; spec/hooks.md says what the events mean',
  query: hookQuery,
  body: {
    shape: hookBody,
    example: {
      session_id: 'b6e0',
      hook_event_name: 'PreToolUse',
      tool_name: 'Read',
      tool_input: { file_path: '/home/ada/notes.txt' },
      tool_use_id: 'toolu_01',
    },
  },
  answer: { status: 200, shape: object },
  codes: ['unknown-agent'],
  handle: async ({ hooks }, { caller, params: { agent, client, event }, query, body }) => {
    const { principal, task = null, prefix = null, wait = WAIT_S, form = 'json' } = query;
    const gateways = (query.gateways ?? '').split(',', MOST_GATEWAYS).filter((each) => each !== '');
    const attested = { principal, task, prefix, gateways, waitMs: wait * 1_000 };
    const said = await hooks.take({ agent, client, event, body, caller, attested });
    return form === 'sh' ? asText(said) : asJson(said);
  },
});

function asJson(said: HookSaid): Reply {
  return said.kind === 'unreadable' ? unreadable(said.why) : answer(said.value);
}

/** For a client of few means: the exit code on the first line, and below it what is to be said. */
function asText(said: HookSaid): Reply {
  if (said.kind === 'unreadable') return unreadable(said.why);
  const text =
    said.kind === 'block'
      ? `plumbline/1 2\n${said.say}\n`
      : `plumbline/1 0\n${JSON.stringify(said.value)}\n`;
  return { kind: 'bytes', type: 'text/plain; charset=utf-8', bytes: text, cache: 'no-store' };
}

function unreadable(why: string): Reply {
  return refuse({ code: 'bad-request', detail: why });
}
