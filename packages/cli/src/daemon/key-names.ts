import type { Json } from '@plumbline/core';

import { type Daemon, rowsOf, shown } from './connection.ts';

/** Shows the id of a key with its name. */
export type ShowKey = (id: Json | undefined) => string;

/** Returns what shows keys with their names, or by their ids where the names may not be read. */
export async function keyNames({ peek }: Pick<Daemon, 'peek'>): Promise<ShowKey> {
  const { isFine, body } = await peek('/api/v1/keys');
  const names = new Map(isFine ? rowsOf(body).map(({ id, name }) => [id, shown(name)]) : []);
  return (id) => {
    const name = names.get(id ?? null);
    return name === undefined ? shown(id) : `${name} (${shown(id)})`;
  };
}
