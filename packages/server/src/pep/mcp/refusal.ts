import type { JsonObject } from '@plumbline/core';

import type { Era } from './methods.ts';
import { CODES, type RpcError } from './message.ts';

/** Why a call was not let through. Source: spec/mcp.md, section "Refusals". */
export type RefusalCode =
  | 'denied'
  | 'approval-pending'
  | 'deferred'
  | 'quarantined'
  | 'not-listed'
  | 'no-upstream'
  | 'no-credential'
  | 'unavailable'
  | 'overloaded'
  | 'too-large'
  | 'halted'
  | 'timed-out'
  | 'server-gone'
  | 'bad-answer'
  | 'unrecorded'
  | 'refused';

/** A refusal as the agent is told. `say` are the pact's own words where it has some. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly say: string;
  readonly tool: string;
  readonly decision: string | null;
  readonly rules: readonly string[];
  /** Whether the same call may be sent again, and what comes of it. */
  readonly next: string | null;
};

/** The name below which a refusal says more than its text. */
export const REFUSAL_META = 'plumbline/refusal';

/** Returns the result of a refused `tools/call`: an error of the tool, told by its marker. */
export function refusalResult(refusal: Refusal, era: Era): JsonObject {
  const { say, next } = refusal;
  const text = next === null ? say : `${say} (${next})`;
  const result = {
    content: [{ type: 'text', text: `plumbline refused this call: ${text}` }],
    isError: true,
    _meta: { [REFUSAL_META]: markerOf(refusal) },
  };
  return era === 'modern' ? { resultType: 'complete', ...result } : result;
}

/** Returns the error of any other refused request. */
export function refusalError(refusal: Refusal): RpcError {
  return {
    code: CODES.invalidRequest,
    message: `plumbline refused this: ${refusal.say}`,
    data: { [REFUSAL_META]: markerOf(refusal) },
  };
}

/** Returns the error of a method that the gateway does not let through. */
export function unknownMethod(method: string, why: string): RpcError {
  const message = `plumbline refused \`${method.slice(0, 128)}\`: ${why}`;
  return { code: CODES.methodNotFound, message, data: { [REFUSAL_META]: { code: 'method' } } };
}

function markerOf({ code, tool, decision, rules, next }: Refusal): JsonObject {
  return { code, tool, decision, rules, next };
}
