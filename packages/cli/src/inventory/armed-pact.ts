import { type CompiledPact, isJsonObject, loadPact } from '@plumbline/core';

import { type Daemon, step } from '../daemon/connection.ts';

/** Returns the pact of an agent that is in force, or null where none is. */
export async function armedPact({ get }: Daemon, agent: string): Promise<CompiledPact | null> {
  const base = `/api/v1/agents/${step(agent)}`;
  const { pact } = await get(base);
  if (typeof pact !== 'string') return null;
  const { entry, files } = await get(`${base}/pacts/${step(pact)}`);
  if (typeof entry !== 'string' || files === undefined || !isJsonObject(files)) return null;
  const loaded = loadPact(entry, (path) => {
    const text = files[path];
    return typeof text === 'string' ? text : undefined;
  });
  return loaded.ok ? loaded.value.pact : null;
}
