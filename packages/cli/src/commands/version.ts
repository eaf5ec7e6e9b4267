import type { Command } from 'commander';
import { kernelVersion } from '@plumbline/core';

import type { Shell } from '../shell.ts';

/** Adds `plumb version`: what runs here. */
export function addVersion(program: Command, { screen }: Shell): void {
  program
    .command('version')
    .description('print the versions of plumb, its kernel and Node')
    .option('--json', 'print one JSON object')
    .action(({ json }: { json?: boolean }) => {
      const versions = { plumb: kernelVersion, kernel: kernelVersion, node: process.versions.node };
      if (json === true) screen.json(versions);
      else screen.print(`plumb ${kernelVersion} (kernel ${kernelVersion}, Node ${versions.node})`);
    });
}
