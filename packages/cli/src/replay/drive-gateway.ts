import {
  canonical,
  isJsonObject,
  type Json,
  type JsonObject,
  type VerdictKind,
} from '@plumbline/core';

import type { Run, Step } from '../readers/run.ts';
import { Stop } from '../stop.ts';
import type { Staging } from './drive.ts';
import { type AnsweredCall, attested, textOf, verdictOf } from './drive-daemon.ts';
import { type CallAnswer, type CallUnderWay, McpCaller } from './mcp-caller.ts';
import type { Arrived, Lane } from './recorded-server.ts';

/** What a run is driven through. */
export type GatewaySide = {
  readonly get: (path: string) => Promise<JsonObject>;
  readonly post: (path: string, body?: JsonObject) => Promise<JsonObject>;
  /** Where the daemon listens. */
  readonly url: string;
  readonly agent: string;
  /** The server behind the gateway. */
  readonly lane: Lane;
};

/** What an MCP client saw of one call, and with what it can be finished. */
type Seen =
  | { readonly kind: 'forwarded'; readonly arrived: Arrived; readonly call: CallUnderWay }
  /** `action` is the same for the same call of the same tool. */
  | { readonly kind: 'waits'; readonly action: string }
  | { readonly kind: 'answered'; readonly answer: CallAnswer }
  | { readonly kind: 'unsent' };

type Drive = {
  readonly caller: McpCaller;
  readonly lane: Lane;
  readonly seen: Seen[];
  /** What was released otherwise than it was recorded, by call. */
  readonly faults: Map<number, string>;
  readonly say: (from: 'principal' | 'untrusted', text: string) => Promise<unknown>;
  readonly from: 'principal' | 'untrusted';
};

/**
 * Drives one recorded run through the MCP gateway: whoever orchestrates opens the session and says
 * what the principal said, an MCP client calls the tools, and the server behind the gateway
 * returns what the recording holds of each result.
 *
 * Returns the recorded decisions by call; what the client saw and they do not say stands among the
 * rules.
 * Source: spec/replay-manifest.md, section "How a run is replayed".
 */
export async function driveThroughGateway(
  run: Run,
  staging: Staging,
  { get, post, url, agent, lane }: GatewaySide,
): Promise<readonly AnsweredCall[]> {
  const place = `/api/v1/agents/${agent}`;
  const opened = await post(`${place}/sessions`, attested(run, staging));
  const session = textOf(opened, 'session');
  const made = await post('/api/v1/keys', { kind: 'agent', name: agent, agents: [agent] });
  const key = textOf(made, 'token');
  const caller = await McpCaller.connect({ url: `${url}/mcp/${agent}`, key, session });
  const say: Drive['say'] = (from, text) =>
    post(`${place}/sessions/${session}/messages`, { from, text });
  const faults = new Map<number, string>();
  const drive: Drive = { caller, lane, seen: [], faults, say, from: staging.mapping.user };
  for (const step of run.steps) await take(step, drive);
  for (const each of drive.seen) if (each.kind === 'forwarded') await each.call.cancel();
  const listed = await get(`${place}/decisions?session=${session}&limit=1000`);
  await caller.close();
  await post(`${place}/sessions/${session}/close`);
  return answersOf(drive, rowsIn(listed));
}

async function take(step: Step, { caller, lane, seen, faults, say, from }: Drive): Promise<void> {
  switch (step.kind) {
    case 'message':
      if (step.role === 'user') await say(from, step.text);
      return;
    case 'call': {
      const { call, tool, args } = step;
      seen[call] = args === null ? { kind: 'unsent' } : await send(caller, lane, { tool, args });
      return;
    }
    case 'result': {
      const call = seen[step.call];
      if (call?.kind !== 'forwarded') return;
      const isBeside = seen.some((each, at) => at > step.call && isRefused(each));
      const fault = await finish(call, { ...step, isBeside });
      if (fault !== null) faults.set(step.call, fault);
      seen[step.call] = { kind: 'answered', answer: { kind: 'released', result: {} } };
    }
  }
}

/** Returns once the call has reached the server, or it is known that it will not. */
async function send(
  caller: McpCaller,
  lane: Lane,
  { tool, args }: { readonly tool: string; readonly args: JsonObject },
): Promise<Seen> {
  const { promise: arrival, resolve } = Promise.withResolvers<Arrived>();
  lane.expect(resolve);
  const call = caller.call(tool, args);
  const first = await Promise.race([
    arrival.then((arrived): Seen => ({ kind: 'forwarded', arrived, call })),
    call.waits.then((): Seen => ({ kind: 'waits', action: canonical({ tool, args }) })),
    call.answer.then((answer): Seen => ({ kind: 'answered', answer })),
  ]);
  // Nobody approves in a replay, so nobody waits either.
  if (first.kind === 'waits') {
    await call.cancel();
    await call.answer;
  }
  return first;
}

function isRefused(seen: Seen): boolean {
  return seen.kind === 'answered' && seen.answer.kind === 'refused';
}

/**
 * Lets the server answer; returns what is wrong with what the client got, or null. `isBeside`: a
 * call was refused while this one ran, which may have halted the session and ended this one.
 */
async function finish(
  { arrived, call }: Extract<Seen, { readonly kind: 'forwarded' }>,
  {
    result,
    isError,
    isBeside,
  }: { readonly result: Json; readonly isError: boolean; readonly isBeside: boolean },
): Promise<string | null> {
  arrived.answer(result, isError);
  const answer = await call.answer;
  if (answer.kind === 'refused' && answer.code === 'halted' && isBeside) return null;
  if (answer.kind !== 'released') return `withheld ${JSON.stringify(answer)}`;
  const { content, structuredContent } = answer.result;
  const released =
    structuredContent ??
    (Array.isArray(content) && isJsonObject(content[0] ?? null)
      ? Object(content[0])['text']
      : null);
  return JSON.stringify(released) === JSON.stringify(result) ? null : 'released something else';
}

function rowsIn({ rows }: JsonObject): readonly AnsweredCall[] {
  const found = Array.isArray(rows) ? rows.filter(isJsonObject) : [];
  return found.toReversed().map((row) => {
    const { rules } = row;
    const names = Array.isArray(rules) ? rules.map(String) : [];
    return { verdict: verdictOf(row), rules: names, decision: textOf(row, 'decision') };
  });
}

function answersOf(
  { seen, faults }: Drive,
  rows: readonly AnsweredCall[],
): readonly AnsweredCall[] {
  const left = [...rows];
  const waiting = new Map<string, AnsweredCall>();
  return seen.map((each, call) => {
    if (each.kind === 'unsent') return { verdict: 'deny', rules: [], decision: '' };
    // A call that waits is one decision however often it is made.
    const known = each.kind === 'waits' ? waiting.get(each.action) : undefined;
    const row = known ?? left.shift();
    if (row === undefined) throw new Stop(`call ${call} was not decided: ${JSON.stringify(each)}`);
    if (each.kind === 'waits') waiting.set(each.action, row);
    const fault = faults.get(call) ?? contradiction(each, row);
    return fault === null ? row : { ...row, rules: [...row.rules, `(${fault})`] };
  });
}

/** What the client saw that the recorded verdict does not say, or null. */
function contradiction(seen: Seen, { verdict, decision }: AnsweredCall): string | null {
  const isLet = verdict === 'allow' || verdict === 'modify';
  switch (seen.kind) {
    case 'unsent':
      return null;
    case 'forwarded':
      return isLet ? null : 'the server heard of it';
    case 'waits':
      return verdict === 'step_up' || verdict === 'defer' ? null : 'the gateway waited';
    case 'answered':
      if (seen.answer.kind === 'refused') {
        const { code, decision: told } = seen.answer;
        return code === CODES[verdict] && told === decision ? null : `refused as ${code}`;
      }
      return isLet && seen.answer.kind === 'released' ? null : JSON.stringify(seen.answer);
  }
}

const CODES: Readonly<Record<VerdictKind, string>> = {
  deny: 'denied',
  step_up: 'approval-pending',
  defer: 'deferred',
  allow: '',
  modify: '',
};
