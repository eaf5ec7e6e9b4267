import type { Person } from './caller.ts';

/**
 * Returns everything a person is called, as it is said and in lower case. It tells what is their
 * own, and is no proof of who they are.
 */
export function namesOf({ id, email, names = [] }: Person): readonly string[] {
  const said = [id, ...(email === null ? [] : [email]), ...names];
  return [...new Set([...said, ...said.map((name) => name.toLowerCase())])];
}
