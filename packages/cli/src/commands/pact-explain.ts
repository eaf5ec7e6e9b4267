import type { Command } from 'commander';
import { explainPact } from '@plumbline/core';

import { loadOrStop } from '../files/arm-pact.ts';
import type { Shell } from '../shell.ts';

/** Adds `plumb pact explain`: a pact in sentences. */
export function addPactExplain(pact: Command, { screen }: Shell): void {
  pact
    .command('explain')
    .description('say in plain sentences what a pact means')
    .argument('<file>', 'the pact')
    .option('--json', 'print one JSON object')
    .action((file: string, { json }: { json?: boolean }) => {
      const sections = explainPact(loadOrStop(file));
      if (json === true) return screen.json({ file, sections });
      const texts = sections.map(({ title, lines }) =>
        [screen.colors.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'),
      );
      screen.print(texts.join('\n\n'));
    });
}
