import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';

import type { Who } from './plan.ts';

/**
 * Returns whom an agent runs as: whoever starts it, or a user by name or number where that is the
 * administrator, who must name one. Else returns why not.
 */
export function whoRuns(named: string | undefined): Who | string {
  const { uid, gid } = userInfo();
  if (uid !== 0) return named === undefined ? { uid, gid } : 'only root starts an agent as another';
  if (named === undefined) return 'root starts no agent as itself: name a user';
  const found = userOf(named);
  if (found === undefined) return `there is no user \`${named}\``;
  return found.uid === 0 ? 'root starts no agent as itself: name another user' : found;
}

function userOf(named: string): Who | undefined {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(named)) return undefined;
  try {
    const [uid, gid] = ['-u', '-g'].map((what) => {
      return Number(execFileSync('id', [what, named], { encoding: 'utf8', stdio: 'pipe' }));
    });
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    // `id` knows nobody of that name.
    return undefined;
  }
}
