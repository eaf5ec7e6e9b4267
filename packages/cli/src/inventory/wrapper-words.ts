import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

/** What a client is told to start in front of a server, up to and with the dashes. */
export type WrapperOptions = {
  readonly agent: string;
  readonly prefix: string;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
};

/** Returns the words that start this program, wherever a client starts it. Errors: `Stop`. */
export function programWords(given: string | undefined, shell: Shell): readonly string[] {
  if (given !== undefined) return given.split(' ').filter((word) => word !== '');
  const { program, environment } = shell;
  const root = environment['npm_package_json'];
  if (program.startsWith('npm') && root !== undefined) {
    return ['npm', 'run', '--silent', '--prefix', dirname(root), 'plumb', '--'];
  }
  const script = process.argv[1];
  const found = onPath('plumb', environment['PATH'] ?? '');
  if (found !== null) return [found];
  if (script !== undefined && /plumb(?:\.mjs)?$/.test(script)) return [process.execPath, script];
  throw new Stop('`plumb` is not on the PATH: say --plumb with the command that starts it');
}

function onPath(name: string, path: string): string | null {
  for (const folder of path.split(delimiter).filter((each) => each !== '')) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch (cause) {
      // The next folder may have it.
      if (!(cause instanceof Error)) throw cause;
    }
  }
  return null;
}

/** Returns the whole wrapper before a server's command. */
export function wrapperWords(
  program: readonly string[],
  { agent, prefix, data: folder, config }: WrapperOptions,
): readonly string[] {
  return [
    ...program,
    'mcp',
    '--agent',
    agent,
    '--prefix',
    prefix,
    ...(folder === undefined ? [] : ['--data', folder]),
    ...(config === undefined ? [] : ['--config', config]),
    '--',
  ];
}

/** Returns what stands before the names of a server's tools in a pact: its own, made a name. */
export function prefixOf(server: string): string {
  const name = server.replaceAll(/[^A-Za-z0-9_-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return `${name === '' ? 'server' : name.slice(0, 60)}.`;
}
