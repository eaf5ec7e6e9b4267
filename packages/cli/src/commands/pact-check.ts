import type { Command } from 'commander';
import { formatDiagnostic, loadPact, type Diagnostic } from '@plumbline/core';

import { EXIT } from '../exit-codes.ts';
import { pactSource } from '../files/arm-pact.ts';
import type { Shell } from '../shell.ts';

type Options = { readonly json?: boolean; readonly strict?: boolean };

type Checked = {
  readonly file: string;
  readonly ok: boolean;
  readonly digest: string | null;
  readonly diagnostics: readonly Diagnostic[];
};

/** Adds `plumb pact check`: everything wrong or doubtful about pacts. */
export function addPactCheck(pact: Command, { screen, exit }: Shell): void {
  pact
    .command('check')
    .description('say everything that is wrong or doubtful about pacts')
    .argument('<file...>', 'pacts')
    .option('--strict', 'warnings are findings too')
    .option('--json', 'print one JSON object')
    .action((files: readonly string[], { json, strict }: Options) => {
      const checked = files.map((file) => checkOne(file, strict === true));
      if (json === true) screen.json({ ok: checked.every(({ ok }) => ok), pacts: checked });
      else screen.print(checked.map(renderChecked).join('\n'));
      if (checked.some(({ ok }) => !ok)) exit(EXIT.no);
    });
}

function checkOne(file: string, isStrict: boolean): Checked {
  const loaded = loadPact(file, pactSource);
  if (!loaded.ok) return { file, ok: false, digest: null, diagnostics: loaded.error };
  const { pact, warnings } = loaded.value;
  const isFine = !isStrict || warnings.length === 0;
  return { file, ok: isFine, digest: pact.digest, diagnostics: warnings };
}

function renderChecked({ file, digest, diagnostics }: Checked): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const doubts = warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`;
  const verdict =
    digest === null
      ? `does not arm, ${counted(errors, 'error')}`
      : `ready to arm${doubts} (${digest})`;
  return [...diagnostics.map(formatDiagnostic), `${file}: ${verdict}`].join('\n');
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
