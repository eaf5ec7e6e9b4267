import { writeFileSync } from 'node:fs';

import { runLoad } from './guard-load.ts';
import { openRealRecord, REAL_ROOT_KEY } from './real-record.ts';

// Writes a data directory of about so many entries, eight sessions at a time, with its root key
// beside the folder: `large-record.ts <folder> [<entries>]`. It is what `plumb verify` is timed on.
const [folder = 'large-record', entries = '1000000'] = process.argv.slice(2);

const WRITERS = 8;
// Each cycle is a decision and its outcome, and every fifty open and close a session.
const ENTRIES_OF_CYCLE = 2.04;

const record = await openRealRecord(folder);
const rootKey = Buffer.from(REAL_ROOT_KEY).toString('hex');
writeFileSync(`${folder}.key`, `${rootKey}\n`, { mode: 0o600 });
const cycles = Math.ceil(Number(entries) / ENTRIES_OF_CYCLE);
const { tookMs } = await runLoad(record.opened.guard, { writers: WRITERS, cycles, what: 'cycle' });
await record.close();
process.stdout.write(`${folder}: ${cycles} cycles in ${Math.round(tookMs / 1_000)} s\n`);
