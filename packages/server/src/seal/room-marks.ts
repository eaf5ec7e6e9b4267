import { createHmac, randomBytes } from 'node:crypto';

import type { Vault } from '../store/vault.ts';

const SECRET = 'room-key';
const OF_KEY = 'plumbline/room-key/1';

/** Returns the mark of a room: the same for each of its sessions. */
export type RoomMark = (room: string) => string;

/**
 * Returns what gives each room the mark that stands openly for its name, so that its sessions are
 * found among any number. Without the vault's key nobody learns a name from it, nor tries one. A
 * mark begins with what its key is known by: a vault from before there was the key makes another.
 */
export async function openRoomMarks(vault: Pick<Vault, 'secret' | 'putSecret'>): Promise<RoomMark> {
  const known = await vault.secret(SECRET);
  const key = known ?? randomBytes(32);
  if (known === undefined) await vault.putSecret(SECRET, key);
  const digest = (text: string): string => createHmac('sha256', key).update(text).digest('hex');
  const ofKey = digest(OF_KEY).slice(0, 8);
  return (room) => `room_${ofKey}${digest(`room ${room}`).slice(0, 24)}`;
}
