import type { Diagnostic } from '@plumbline/core';

import type { TokenCheck } from '../identity/token-fault.ts';

/** A stable name of what went wrong. */
export type ProblemCode =
  | 'bad-request'
  | 'bad-pact'
  | 'no-key'
  | 'bad-key'
  | 'bad-token'
  | 'forbidden'
  | 'needs-proof'
  | 'bad-proof'
  | 'bad-origin'
  | 'unknown-agent'
  | 'unknown-session'
  | 'unknown-decision'
  | 'unknown-halt'
  | 'not-found'
  | 'bad-method'
  | 'timed-out'
  | 'conflict'
  | 'outcome-known'
  | 'not-let-through'
  | 'session-closed'
  | 'permit-used'
  | 'permit-expired'
  | 'permit-void'
  | 'permit-unknown'
  | 'lease-unknown'
  | 'same-objective'
  | 'token-used'
  | 'bad-principal'
  | 'needs-approval'
  | 'no-upstream'
  | 'no-credential'
  | 'not-forwardable'
  | 'self-test-failed'
  | 'too-large'
  | 'bad-media-type'
  | 'bad-host'
  | 'rate-limited'
  | 'headers-too-large'
  | 'internal'
  | 'overloaded'
  | 'unavailable'
  | 'not-armed';

/** Every code with its status and title. Source: spec/api/README.md, section "Answers". */
export const PROBLEMS: Readonly<Record<ProblemCode, readonly [number, string]>> = {
  'bad-request': [400, 'The request is not of the right shape'],
  'bad-principal': [400, "The principal's token is not good"],
  'bad-pact': [400, 'The pact has errors'],
  'no-key': [401, 'A key is needed'],
  'bad-key': [401, 'The key is not good'],
  'bad-token': [401, 'The token or certificate is not good'],
  forbidden: [403, 'The key has not this right'],
  'needs-proof': [403, 'A second factor is needed'],
  'bad-proof': [403, 'The second factor was not proved'],
  'bad-origin': [403, 'The request comes from another web page'],
  'unknown-agent': [404, 'There is no such agent'],
  'unknown-session': [404, 'There is no such session'],
  'unknown-decision': [404, 'There is no such decision'],
  'unknown-halt': [404, 'There is no such halt'],
  'not-found': [404, 'There is nothing here'],
  'bad-method': [405, 'The method is not for this path'],
  'timed-out': [408, 'The request did not arrive in time'],
  conflict: [409, 'The request contradicts what is there'],
  'outcome-known': [409, 'The outcome is known already'],
  'not-let-through': [409, 'The action was not let through'],
  'session-closed': [409, 'The session is closed'],
  'permit-used': [409, 'The permit was used'],
  'permit-expired': [409, 'The permit has expired'],
  'permit-void': [409, 'The permit is void'],
  'permit-unknown': [409, 'The permit is not known'],
  'lease-unknown': [409, 'The lease is not known'],
  'same-objective': [409, 'What was halted still pursues what it was halted for'],
  'token-used': [409, 'The token was used before'],
  'needs-approval': [409, 'A second person has to approve'],
  'no-upstream': [409, 'The tool has no upstream'],
  'no-credential': [409, 'No credential is for this call'],
  'not-forwardable': [409, 'The arguments do not fit the call'],
  'self-test-failed': [409, 'The pact failed its self-test'],
  'too-large': [413, 'The request is too large'],
  'bad-media-type': [415, 'The body is not JSON'],
  'bad-host': [421, 'The daemon is not this host'],
  'rate-limited': [429, 'Too many requests'],
  'headers-too-large': [431, 'The headers are too large'],
  internal: [500, 'The daemon is at fault'],
  overloaded: [503, 'Too much is waiting'],
  unavailable: [503, 'Nothing can be decided now'],
  'not-armed': [503, 'The agent has no pact'],
};

/**
 * What went wrong with a request, in words. `at` is the place in the body or the query;
 * `allow` lists the methods of a path.
 */
export type Problem = {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly at?: string;
  readonly diagnostics?: readonly Diagnostic[];
  readonly retryAfterSeconds?: number;
  /** The kinds of second factors that would do; none: whoever asks has none of them. */
  readonly proofs?: readonly ('totp' | 'webauthn')[];
  readonly allow?: readonly string[];
  /** Which check a token failed, and why: for the daemon's log, and for nobody else. */
  readonly check?: TokenCheck | 'keys';
  readonly why?: string;
};

/** Returns the body of a problem. Source: RFC 9457. */
export function problemBody({ code, detail, at, diagnostics, proofs }: Problem): object {
  const [status, title] = PROBLEMS[code];
  return {
    type: `urn:plumbline:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(at === undefined ? {} : { at }),
    ...(diagnostics === undefined ? {} : { diagnostics }),
    ...(proofs === undefined ? {} : { proofs }),
  };
}

// What was sent and is not taken is told from what was not sent. Source: RFC 6750, section 3.1.
function challengeOf({ code }: Problem): string {
  return code === 'no-key' ? 'Bearer' : 'Bearer error="invalid_token"';
}

/** Returns the headers a problem is answered with beside its type. */
export function problemHeaders(problem: Problem): Readonly<Record<string, string>> {
  const wait = problem.retryAfterSeconds ?? WAITS[problem.code];
  return {
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
    ...(problem.allow === undefined ? {} : { allow: problem.allow.join(', ') }),
    ...(PROBLEMS[problem.code][0] === 401 ? { 'www-authenticate': challengeOf(problem) } : {}),
  };
}

// Waiting helps when a queue is full. An agent without a pact waits for a person.
const WAITS: Readonly<Partial<Record<ProblemCode, number>>> = { overloaded: 1, unavailable: 5 };
