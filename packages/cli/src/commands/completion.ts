import { Argument, type Command } from 'commander';

import { completionScript, SHELLS } from '../output/completion-script.ts';
import { describeTree } from '../output/command-tree.ts';
import type { Shell } from '../shell.ts';

const HELP = `
Install:
  bash  plumb completion bash > ~/.local/share/bash-completion/completions/plumb
  zsh   plumb completion zsh > "\${fpath[1]}/_plumb"
  fish  plumb completion fish > ~/.config/fish/completions/plumb.fish
`;

/** Adds `plumb completion`: a completion script made from the command tree itself. */
export function addCompletion(program: Command, { screen }: Shell): void {
  program
    .command('completion')
    .description('print a shell completion script')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: (typeof SHELLS)[number]) => {
      screen.print(completionScript(shell, describeTree(program)));
    });
}
