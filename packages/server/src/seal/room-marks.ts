import { createHmac, randomBytes } from 'node:crypto';

import type { Vault } from '../store/vault.ts';

const SECRET = 'room-key';

/** Returns the mark of a room: the same for each of its sessions. */
export type RoomMark = (room: string) => string;

/**
 * Returns what gives each room the mark that stands openly for its name, so that its sessions are
 * found among any number. Without the vault's key nobody learns a name from it, nor tries one.
 */
export async function openRoomMarks(vault: Pick<Vault, 'secret' | 'putSecret'>): Promise<RoomMark> {
  const known = await vault.secret(SECRET);
  const key = known ?? randomBytes(32);
  if (known === undefined) await vault.putSecret(SECRET, key);
  return (room) => `room_${createHmac('sha256', key).update(room).digest('hex').slice(0, 32)}`;
}
