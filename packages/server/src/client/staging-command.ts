import type { StagingServer } from '../pep/mcp/upstream.ts';
import { commandUpstream, serverEnvironment } from './command-upstream.ts';
import { urlUpstream } from './url-upstream.ts';

/** A staging upstream as it is named on a command line. */
export type StagingOptions = {
  /** What the pact calls it. */
  readonly name: string;
  /** An address, a command with its arguments, or a JSON list of these. */
  readonly where: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly messageBytes: number;
};

/** Returns what reaches a staging upstream, or undefined where no command is named. */
export function stagingCommand(options: StagingOptions): StagingServer | undefined {
  const { name, where, environment, messageBytes } = options;
  if (/^https?:\/\//.test(where)) {
    if (!URL.canParse(where)) return undefined;
    return { name, open: urlUpstream({ url: where, messageBytes }), isRemote: true };
  }
  const [command, ...args] = wordsOf(where);
  if (command === undefined) return undefined;
  const own = serverEnvironment(environment);
  const open = commandUpstream({ command, args, environment: own, messageBytes });
  return { name, open, isRemote: false };
}

function wordsOf(where: string): readonly string[] {
  if (!where.trimStart().startsWith('[')) return where.split(/\s+/).filter((word) => word !== '');
  const parsed = listIn(where);
  return parsed.every((word) => typeof word === 'string') ? parsed : [];
}

function listIn(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
