type Fault = {
  readonly code: string;
  readonly status: number;
  readonly at?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly proofs?: readonly string[] | undefined;
};

/** What went wrong with a request, for a person: where, why, and what to do next. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  /** The place in the request that was not right, where the daemon names one. */
  readonly at: string | null;
  /** When it may be otherwise, where the daemon says so. */
  readonly retryAtMs: number | null;
  /** The kinds of second factors that would do, where one is wanted and the daemon says which. */
  readonly proofs: readonly string[] | null;
  /** The operation that was asked for. */
  readonly place: string;

  constructor({ code, status, at, retryAtMs, proofs }: Fault, detail: string, place: string) {
    super(detail);
    this.name = 'ApiProblem';
    this.code = code;
    this.status = status;
    this.at = at ?? null;
    this.retryAtMs = retryAtMs ?? null;
    this.proofs = proofs ?? null;
    this.place = place;
  }
}

/** The code of a request that reached no daemon. */
export const AWAY = 'away';

/** Returns what the answer to a request says went wrong, whatever the answer was. */
export function readProblem(
  answer: unknown,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  place: string,
): ApiProblem {
  const member = (name: string): string | undefined => {
    const value: unknown = Reflect.get(Object(answer), name);
    return typeof value === 'string' ? value : undefined;
  };
  const code = member('code') ?? (status >= 500 ? 'internal' : 'bad-request');
  const proofs: unknown = Reflect.get(Object(answer), 'proofs');
  const waitS = Number(headers.get('retry-after') ?? 'none');
  const detail = member('detail') ?? member('title') ?? `the daemon answered ${status}`;
  const fault: Fault = {
    code,
    status,
    at: member('at'),
    retryAtMs: Number.isFinite(waitS) ? Date.now() + waitS * 1_000 : undefined,
    proofs: Array.isArray(proofs) ? proofs.filter((each) => typeof each === 'string') : undefined,
  };
  return new ApiProblem(fault, detail, place);
}

/** Returns whether a request failed because nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

/** Returns whether asking again may be answered otherwise, without anybody changing anything. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.status === 0 || error.status >= 500;
}

/** Returns what an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'something that is no error was thrown';
}

/** Returns what a person can do about a problem. */
export function nextStep(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'reload the page; the console has a fault';
  switch (error.code) {
    case AWAY:
      return 'see that the daemon runs: plumb status, then plumb up';
    case 'forbidden':
      return 'ask an admin for the role, or sign in as somebody who has it';
    case 'unknown-agent':
    case 'unknown-session':
    case 'unknown-decision':
    case 'unknown-halt':
    case 'not-found':
      return 'go back, or look for it by Ctrl K';
    case 'rate-limited':
    case 'overloaded':
      return 'wait a minute, then try again';
    case 'conflict':
      return 'look at what changed meanwhile, then decide again';
    case 'unavailable':
      return 'see what is down: plumb doctor';
    default:
      return error.status >= 500 ? 'try again; then see plumb doctor' : 'correct it and try again';
  }
}
