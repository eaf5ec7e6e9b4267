import { loadServer } from '../daemon/load-server.ts';
import { Stop } from '../stop.ts';
import type { Client } from './hook-place.ts';

/** Returns a client by its name. Errors: `Stop` where there is none. */
export async function clientOf(id: string): Promise<Client> {
  const { HOOK_CLIENTS } = await loadServer();
  const client = HOOK_CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Stop('has no hooks that are known here', id);
  return client;
}
