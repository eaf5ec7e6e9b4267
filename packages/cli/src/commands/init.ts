import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';

import { errorCode } from '../files/read-text.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

const STARTER = join(import.meta.dirname, '../../starter');

/** Adds `plumb init`: a starter pact with cases and tool schemas, in a folder of their own. */
export function addInit(program: Command, { screen, program: name }: Shell): void {
  program
    .command('init')
    .description('write a starter pact with test cases and tool schemas')
    .argument('[folder]', 'where to write; must not exist yet, or be empty', 'pacts')
    .option('--json', 'print one JSON object')
    .action((folder: string, { json }: { json?: boolean }) => {
      const files = writeStarter(folder);
      const pact = files.find((file) => file.endsWith('.pact.yaml')) ?? folder;
      const next = `${name} pact check ${pact}`;
      if (json === true) screen.json({ files, next });
      else screen.print([...files.map((file) => `wrote ${file}`), '', `next: ${next}`].join('\n'));
    });
}

/**
 * Copies the starter into a folder: all of it, or nothing.
 *
 * Errors: `Stop` when the folder holds anything already, or cannot be written.
 */
function writeStarter(folder: string): readonly string[] {
  if (existsSync(folder) && readdirOf(folder).length > 0) {
    throw new Stop('the folder is not empty and nothing in it is overwritten', folder);
  }
  const beside = `${resolve(folder)}.part`;
  try {
    mkdirSync(dirname(beside), { recursive: true });
    cpSync(STARTER, beside, { recursive: true, errorOnExist: true, force: false });
    // An empty folder is replaced by the rename; one that has filled meanwhile refuses it.
    renameSync(beside, resolve(folder));
  } catch (cause) {
    rmSync(beside, { recursive: true, force: true });
    throw new Stop(`cannot be written (${errorCode(cause)})`, folder);
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative('.', join(entry.parentPath, entry.name)))
    .sort();
}

function readdirOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const why = errorCode(cause) === 'ENOTDIR' ? 'is a file' : errorCode(cause);
    throw new Stop(`${why}, name a folder`, folder);
  }
}
