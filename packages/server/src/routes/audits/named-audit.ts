import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { isFor } from '../rights.ts';
import { refuse, type Reply } from '../route.ts';

/** Returns why a caller is told nothing of an audit or a drawn session, or null. */
export async function refuseAudit(
  { services }: Pick<Api, 'services'>,
  caller: Caller,
  id: string,
): Promise<Reply | null> {
  const agent = await services.audits.agentOf(id);
  if (agent !== undefined && isFor(caller, agent)) return null;
  return refuse({ code: 'not-found', detail: `there is no audit or drawn session \`${id}\`` });
}
