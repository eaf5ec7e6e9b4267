import type { IncomingMessage } from 'node:http';

import type { ProblemCode } from '../problem.ts';
import { refuse, type Reply } from '../route.ts';
import type { Gate } from './admit.ts';

const WRONG: ReadonlySet<ProblemCode> = new Set(['bad-key', 'bad-proof']);

/**
 * Returns what is answered to somebody who signs in. Whoever is wrong too often from one address is
 * not told any more what was wrong; who is right is let in however often a neighbour was wrong.
 */
export async function countWrong(
  { api, limits }: Pick<Gate, 'api' | 'limits'>,
  { socket }: Pick<IncomingMessage, 'socket'>,
  reply: Reply,
): Promise<Reply> {
  if (reply.kind !== 'problem' || !WRONG.has(reply.problem.code)) return reply;
  api.services.health.noteRefused('bad-sign-in');
  const slowed = await limits.guess(socket.remoteAddress ?? '');
  return slowed === null ? reply : refuse(slowed);
}
