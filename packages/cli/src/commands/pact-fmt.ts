import type { Command } from 'commander';
import { formatPact } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import { diagnosticLines, pactSource } from '../files/arm-pact.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Options = { readonly write?: boolean; readonly check?: boolean; readonly json?: boolean };

type Formatted = { readonly file: string; readonly isSame: boolean; readonly text: string };

/** Adds `plumb pact fmt`: pacts in canonical layout. */
export function addPactFmt(pact: Command, shell: Shell): void {
  pact
    .command('fmt')
    .description('print pacts in the canonical layout; the meaning stays')
    .argument('<file...>', 'pacts')
    .option('-w, --write', 'rewrite the files instead')
    .option('--check', 'only say which files would change')
    .option('--json', 'print one JSON object')
    .action((files: readonly string[], options: Options) => fmt(files, options, shell));
}

function fmt(files: readonly string[], options: Options, { screen, exit }: Shell): void {
  // All files are formatted before the first is written.
  const formatted = files.map(formatOne);
  const changed = formatted.filter(({ isSame }) => !isSame);
  if (options.write === true && options.check !== true) {
    for (const { file, text } of changed) writeWhole(file, text, { isNew: false });
  }
  const isPrinting = options.write !== true && options.check !== true;
  if (options.json === true) {
    const listed = formatted.map(({ file, isSame, text }) => ({
      file,
      changed: !isSame,
      ...(isPrinting && { text }),
    }));
    screen.json({ changed: changed.length, files: listed });
  } else if (isPrinting) {
    for (const { text } of formatted) screen.print(text.trimEnd());
  } else {
    const word = options.check === true ? 'would change' : 'rewrote';
    for (const { file } of changed) screen.print(`${word} ${file}`);
  }
  if (options.check === true && changed.length > 0) exit(EXIT.no);
}

function formatOne(file: string): Formatted {
  const before = pactSource(file);
  if (before === undefined) throw new Stop('no such file', file);
  const after = formatPact(before, file);
  if (!after.ok) throw new Stop(diagnosticLines(after.error));
  return { file, isSame: after.value === before, text: after.value };
}
