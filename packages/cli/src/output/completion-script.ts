import { everyCommand, type CommandInfo, type OptionInfo } from './command-tree.ts';

/** The shells a script can be made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Returns a completion script for `plumb`: commands, options, choices, and files elsewhere. */
export function completionScript(shell: (typeof SHELLS)[number], root: CommandInfo): string {
  switch (shell) {
    case 'bash':
      return bashScript(root);
    case 'zsh':
      return zshScript(root);
    case 'fish':
      return fishScript(root);
  }
}

function flagsOf({ options }: CommandInfo): readonly string[] {
  return options.flatMap(({ long, short }) => (short === null ? [long] : [short, long]));
}

function wordsOf({ children, words }: CommandInfo): readonly string[] {
  return [...children.map(({ path }) => path.at(-1) ?? ''), ...words];
}

/** The deepest command named by the words so far decides what is offered. */
function bashScript(root: CommandInfo): string {
  const commands = everyCommand(root);
  const cases = commands.map((command) => {
    const key = ['plumb', ...command.path].join(' ');
    const [flags, words] = [flagsOf(command).join(' '), wordsOf(command).join(' ')];
    return `    '${key}') flags='${flags}'; words='${words}' ;;`;
  });
  const nested = commands.filter(({ path }) => path.length > 0);
  const known = nested.map(({ path }) => `'plumb ${path.join(' ')}'`).join('|');
  const values = valueCases(commands);
  return `# bash completion for plumb, made by \`plumb completion bash\`
_plumb() {
  local cur prev path='plumb' flags='' words='' i
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${known}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${values.join('\n')}
  esac
  case "$path" in
${cases.join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n "$words" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o bashdefault -o default -F _plumb plumb`;
}

function valueCases(commands: readonly CommandInfo[]): readonly string[] {
  return commands.flatMap((command) => {
    const key = ['plumb', ...command.path].join(' ');
    return command.options
      .filter(({ takesValue }) => takesValue)
      .map(({ long, values }) => {
        const reply =
          values.length === 0 ? '' : `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur")); `;
        return `    '${key} ${long}') ${reply}return ;;`;
      });
  });
}

function zshScript(root: CommandInfo): string {
  const functions = everyCommand(root).map(zshFunction);
  return `#compdef plumb
# zsh completion for plumb, made by \`plumb completion zsh\`
${functions.join('\n')}
if [ "$funcstack[1]" = '_plumb' ]; then _plumb "$@"; else compdef _plumb plumb; fi`;
}

function zshName(path: readonly string[]): string {
  return ['_plumb', ...path].join('_').replaceAll('-', '_');
}

function zshFunction(command: CommandInfo): string {
  const options = command.options.map((option) => `    ${zshOption(option)} \\`);
  const rest =
    command.children.length === 0
      ? [`    ${zshWords(command)}`]
      : [`    '1:command:->command' \\`, `    '*::argument:->argument'`];
  const body = [`${zshName(command.path)}() {`, '  local state line', '  _arguments -C \\'];
  return [...body, ...options, ...rest, ...zshStates(command), '}'].join('\n');
}

function zshWords({ words }: CommandInfo): string {
  return words.length === 0 ? `'*:file:_files'` : `'1:word:(${words.join(' ')})'`;
}

function zshStates({ children }: CommandInfo): readonly string[] {
  if (children.length === 0) return [];
  const listed = children.map(({ path, says }) => quoted(`${path.at(-1)}:${says}`));
  const cases = children.map(({ path }) => `        ${path.at(-1)}) ${zshName(path)} ;;`);
  return [
    '  case "$state" in',
    `    command) local -a commands=(${listed.join(' ')}); _describe command commands ;;`,
    '    argument)',
    '      case "$line[1]" in',
    ...cases,
    '      esac ;;',
    '  esac',
  ];
}

function zshOption({ long, says, takesValue, values }: OptionInfo): string {
  const text = says.replaceAll(/[[\]:']/g, ' ');
  const choices = values.length === 0 ? '_files' : `(${values.join(' ')})`;
  return takesValue ? `'${long}[${text}]:value:${choices}'` : `'${long}[${text}]'`;
}

function fishScript(root: CommandInfo): string {
  const lines = everyCommand(root).flatMap(fishLines);
  return ['# fish completion for plumb, made by `plumb completion fish`', ...lines].join('\n');
}

function fishLines(command: CommandInfo): readonly string[] {
  const { path, children, options, words } = command;
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const below = children.map((child) => child.path.at(-1) ?? '').join(' ');
  const unseen = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`];
  const when = [...seen, ...unseen].join('; and ');
  const line = (rest: string): string =>
    `complete -c plumb${when === '' ? '' : ` -n ${quoted(when)}`} ${rest}`;
  return [
    ...children.map(({ path: to, says }) => line(`-f -a ${to.at(-1)} -d ${quoted(says)}`)),
    ...words.map((word) => line(`-f -a ${word}`)),
    ...options.map((option) => line(fishOption(option))),
  ];
}

function fishOption({ long, short, says, takesValue, values }: OptionInfo): string {
  const parts = [
    `-l ${long.replace(/^--/, '')}`,
    ...(short === null ? [] : [`-s ${short.replace(/^-/, '')}`]),
    `-d ${quoted(says)}`,
    ...(takesValue ? ['-r'] : []),
    ...(values.length === 0 ? [] : [`-f -a ${quoted(values.join(' '))}`]),
  ];
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
