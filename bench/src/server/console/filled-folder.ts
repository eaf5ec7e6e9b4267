import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const fill = join(import.meta.dirname, '../../../../packages/server/testing/fill-log.ts');

/** Fills a folder with a log, where that was not done before: a million entries take minutes. */
export async function fillFolder(folder: string, entries: number, agents: number): Promise<void> {
  if (existsSync(join(folder, 'd'))) return;
  const args = ['--conditions=plumbline-source', fill, folder, String(entries), String(agents)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`filling ${folder} ended with ${String(code)}`);
}
