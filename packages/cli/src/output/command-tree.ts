import type { Command, Option } from 'commander';

/** One option as a shell needs to know it. `values` are its choices. */
export type OptionInfo = {
  readonly long: string;
  readonly short: string | null;
  readonly says: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
};

/** One command: its path of names (`['pact', 'check']`), what it takes, and what is below it. */
export type CommandInfo = {
  readonly path: readonly string[];
  readonly says: string;
  readonly options: readonly OptionInfo[];
  readonly words: readonly string[];
  readonly children: readonly CommandInfo[];
};

/** Returns the command tree as plain values, hidden things left out. */
export function describeTree(command: Command, path: readonly string[] = []): CommandInfo {
  const shown = command.createHelp();
  const children = shown
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help')
    .map((child) => describeTree(child, [...path, child.name()]));
  return {
    path,
    says: command.description(),
    options: shown.visibleOptions(command).map(describeOption),
    words: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    children,
  };
}

function describeOption(option: Option): OptionInfo {
  return {
    long: option.long ?? '',
    short: option.short ?? null,
    says: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? [],
  };
}

/** Returns a command and everything below it, parents first. */
export function everyCommand(root: CommandInfo): readonly CommandInfo[] {
  return [root, ...root.children.flatMap(everyCommand)];
}
