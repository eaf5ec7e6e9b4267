import type { Outcome } from '../guard/guard.ts';
import type { Served, ServiceCode, ServiceError } from './services.ts';

/** Returns the success of a service. */
export function served<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Returns the refusal of a service. */
export function refused(
  code: ServiceCode,
  message: string,
  rest: Omit<ServiceError, 'code' | 'message'> = {},
): { readonly ok: false; readonly error: ServiceError } {
  return { ok: false, error: { code, message, ...rest } };
}

/** Returns what the guard answered in the words of the services. */
export function fromGuard<T>(outcome: Outcome<T>): Served<T> {
  if (outcome.ok) return outcome;
  const { code, message } = outcome.error;
  switch (code) {
    case 'unknown-agent':
    case 'unknown-session':
    case 'session-closed':
    case 'unknown-decision':
    case 'not-armed':
    case 'conflict':
    case 'bad-request':
    case 'forbidden':
    case 'not-found':
    case 'too-large':
    case 'self-test-failed':
    case 'overloaded':
    case 'unavailable':
      return refused(code, message);
    default:
      return refused('conflict', message);
  }
}
