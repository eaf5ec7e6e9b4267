import assert from 'node:assert/strict';
import { test } from 'node:test';

import { roomKeyOf } from '../store/room-key-of.ts';
import { openRoomMarks } from './room-marks.ts';

function memoryVault() {
  const secrets = new Map<string, Uint8Array>();
  return {
    secret: (name: string) => Promise.resolve(secrets.get(name)),
    putSecret: (name: string, value: Uint8Array) => {
      secrets.set(name, value);
      return Promise.resolve();
    },
  };
}

test('room marks: a room has one mark as long as its vault lives, another elsewhere', async () => {
  const vault = memoryVault();
  const mark = (await openRoomMarks(vault))('war room');
  assert.match(mark, /^room_[0-9a-f]{32}$/);
  const again = await openRoomMarks(vault);
  assert.equal(again('war room'), mark);
  assert.notEqual(again('war rooms'), mark);
  const elsewhere = (await openRoomMarks(memoryVault()))('war room');
  assert.notEqual(roomKeyOf(elsewhere), roomKeyOf(mark));
  assert.equal(roomKeyOf(again('another')), roomKeyOf(mark));
});
