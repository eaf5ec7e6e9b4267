import type { Answer, Refusal } from '../../guard/guard.ts';
import type { HookAnswer } from './hook-event.ts';

/** Returns that a call goes no further, in the pact's own words where it has some. */
export function refusedBy(
  { verdict, say, approval, rules, obligations }: Answer,
  isRepeat: boolean,
): HookAnswer {
  const isStopped =
    rules.some((rule) => rule.startsWith('halt:') && rule !== 'halt:tool') ||
    obligations.some(({ kind }) => kind === 'halt_session');
  switch (verdict) {
    case 'step_up':
      return refuse(
        `${say ?? 'a person has to approve this'} (approval ${approval ?? 'of it'} waits for a ` +
          'person, who is not asked here: make the same call again then)',
      );
    case 'defer':
      return refuse(`${say ?? 'something has to be known first'} (make the same call again later)`);
    case 'deny':
      return refuse(say ?? 'the pact does not allow it', isStopped);
    default:
      return refuse(
        isRepeat
          ? 'this call was let through once already, and once is all there is: is the hook ' +
              'installed twice?'
          : 'the permit is good for nothing any more',
      );
  }
}

/** Returns that nothing was decided, and why. */
export function refusedFor({ code, message }: Refusal): HookAnswer {
  switch (code) {
    case 'unavailable':
    case 'not-armed':
    case 'unknown-agent':
      return refuse(`nothing can be decided (${message}), so nothing is let through`);
    default:
      return refuse(message);
  }
}

/** Returns a refusal as the agent reads it. */
export function refuse(why: string, isStopped = false): HookAnswer {
  return { kind: 'refuse', say: `plumbline refused this call: ${why}`, isStopped };
}
