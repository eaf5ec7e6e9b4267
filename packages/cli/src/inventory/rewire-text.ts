import { type Looked, shortPath } from './machine-options.ts';

type Server = Looked['machine']['servers'][number];

/** A server's command line before and after. May hold secrets. */
export type Change = {
  readonly server: Server;
  readonly before: readonly string[];
  readonly after: readonly string[];
};

/** Returns a change as people read it, without secrets. */
export function changeLines({ server: of, before, after }: Change, looked: Looked): string {
  const { path, line, name, project } = of;
  const { home, server } = looked;
  const where = project === null ? '' : ` for ${shortPath(project, home)}`;
  const shown = (words: readonly string[]): string => server.maskedWords(words).join(' ');
  const place = `${shortPath(path, home)}:${line}`;
  return [`${place}: server \`${name}\`${where}`, `- ${shown(before)}`, `+ ${shown(after)}`].join(
    '\n',
  );
}

/** Returns what stays as it is, a line each. */
export function leftLines(
  left: readonly { readonly server: Server; readonly why: string }[],
  { home }: Looked,
): string {
  return left
    .map(({ server: { path, line, name }, why }) => {
      return `${shortPath(path, home)}:${line}: server \`${name}\` ${why}`;
    })
    .join('\n');
}
