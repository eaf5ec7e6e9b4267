import type { Outcome, RefusalCode } from './guard.ts';

/** Returns the value of something the guard did. */
export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** Returns the refusal's message about an agent that is not there. */
export function noAgent(agent: string): string {
  return `there is no agent \`${agent}\`: check the name, or add it`;
}

/** Returns why the guard did not do what was asked. The message says what to do. */
export function refuse(code: RefusalCode, message: string): Outcome<never> {
  return { ok: false, error: { code, message } };
}
