import type { Disk } from '../disk/disk.ts';
import { LOG_FOLDER, rolledFolder } from './layout.ts';
import { listLog, removeFiles, ROLLED_AT } from './roll.ts';

const DAY_MS = 86_400_000;

/** For how long rolled logs keep their entries and blobs. */
export type Retention = { readonly now: number; readonly keepDays: number };

/**
 * Drops entry bundles and blobs of rolled logs that ended more than `keepDays` ago; tiles,
 * checkpoint and time-stamps stay for ever. Returns the numbers of the logs that lost something.
 *
 * What is still provable then stands in spec/ledger.md, "Retention". Rejects with a `DiskError`.
 */
export async function retain(disk: Disk, retention: Retention): Promise<readonly number[]> {
  const dropped: number[] = [];
  for (const name of await disk.list(`${LOG_FOLDER}/rolled`)) {
    const number = Number(name);
    if (!Number.isSafeInteger(number) || !(await isPast(disk, number, retention))) continue;
    const folder = rolledFolder(number);
    const paths = (await listLog(disk, folder)).filter((path) =>
      /^(?:tile\/entries|blobs)\//.test(path),
    );
    if (paths.length === 0) continue;
    await removeFiles(
      disk,
      paths.map((path) => `${folder}/${path}`),
    );
    dropped.push(number);
  }
  return dropped.sort((left, right) => left - right);
}

async function isPast(disk: Disk, number: number, { now, keepDays }: Retention): Promise<boolean> {
  const bytes = await disk.read(`${rolledFolder(number)}/${ROLLED_AT}`);
  const text = Buffer.from(bytes ?? []).toString('utf8');
  // Without a date, nothing is dropped.
  return /^\d{1,16}\n$/.test(text) && now - Number(text) > keepDays * DAY_MS;
}
