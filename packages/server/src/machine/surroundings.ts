import { posix, win32 } from 'node:path';

import type { Base } from './client-table.ts';

/** What of this machine says where the clients keep their files. */
export type Surroundings = {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Where everything absolute begins; another folder than `/` in tests alone. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Returns the folder a base stands for. Projects are not among them. */
export function folderOf(base: Exclude<Base, 'project'>, surroundings: Surroundings): string {
  const { home, environment, platform } = surroundings;
  const join = (...steps: readonly string[]): string =>
    (platform === 'win32' ? win32 : posix).join(...steps);
  const at = (name: string, otherwise: string): string => environment[name] ?? otherwise;
  switch (base) {
    case 'home':
      return home;
    case 'claude':
      return at('CLAUDE_CONFIG_DIR', join(home, '.claude'));
    case 'claude-state':
      return at('CLAUDE_CONFIG_DIR', home);
    case 'codex':
      return at('CODEX_HOME', join(home, '.codex'));
    case 'config':
      return platform === 'win32'
        ? at('APPDATA', join(home, 'AppData', 'Roaming'))
        : at('XDG_CONFIG_HOME', join(home, '.config'));
    case 'app':
      if (platform === 'win32') return at('APPDATA', join(home, 'AppData', 'Roaming'));
      return platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : at('XDG_CONFIG_HOME', join(home, '.config'));
    case 'system':
      return systemFolder(surroundings);
  }
}

function systemFolder({ platform, root, environment }: Surroundings): string {
  if (platform === 'win32') return environment['ProgramData'] ?? 'C:\\ProgramData';
  return posix.join(root, platform === 'darwin' ? 'Library/Application Support' : 'etc');
}
