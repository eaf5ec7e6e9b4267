import type { Digest } from '../digest.ts';
import type { Halt, Resume } from './halt.ts';

/**
 * Returns why a resume would not lift the halts of its scope and target, or null: after an
 * optimisation incident only another objective goes on.
 *
 * halts: those latched. objective: that of the armed pact; null when none is armed.
 * Source: spec/decide.md, section "Halts"; requirement human.resume.
 */
export function whyNotResume(
  halts: Iterable<Halt>,
  resume: Pick<Resume, 'scope' | 'target'>,
  { objective }: { readonly objective: Digest | null },
): string | null {
  const lifted = [...halts].filter((halt) => isSameStop(halt, resume));
  const failed = lifted.filter(({ incident }) => incident === 'optimisation');
  if (failed.length === 0) return null;
  if (objective === null) return 'no pact is armed: publish one with another objective first';
  if (failed.some((halt) => (halt.objective ?? objective) === objective)) {
    return (
      'it was halted for what its objective made it do, and the armed pact still has that ' +
      'objective: publish a pact with another goal or other metrics first'
    );
  }
  return null;
}

/** Returns whether two stops are of one scope and target; `agent` and `fleet` have none. */
export function isSameStop(
  one: Pick<Halt, 'scope' | 'target'>,
  other: Pick<Halt, 'scope' | 'target'>,
): boolean {
  const hasTarget = one.scope !== 'agent' && one.scope !== 'fleet';
  return one.scope === other.scope && (!hasTarget || one.target === other.target);
}
