import { cpus, loadavg, totalmem } from 'node:os';

import { count } from './cells.ts';

/** Returns what was measured on, and how busy it was meanwhile. */
export function machineText(): string {
  const all = cpus();
  const model = all[0]?.model.trim() ?? 'unknown';
  const gib = Math.round(totalmem() / 1_024 ** 3);
  return [
    `Machine: ${count(all.length)} cores (${model}), ${gib} GiB, Node ${process.versions.node};`,
    `${(loadavg()[2] ?? 0).toFixed(1)} runnable programs on average while this was measured.`,
  ].join('\n');
}
