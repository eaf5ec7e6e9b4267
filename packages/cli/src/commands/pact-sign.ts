import type { Command } from 'commander';

import { loadServer } from '../daemon/load-server.ts';
import { readPactFiles } from '../files/pact-files.ts';
import { readText } from '../files/read-text.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type SignOptions = {
  readonly key: readonly string[];
  readonly agent?: string;
  readonly digest?: string;
  readonly output?: string;
  readonly json?: boolean;
};

type Signed = { readonly agent: string; readonly digest: string };

const HELP = `
With a file, what is signed is what that pact means. Without one, --agent and --digest name it:
read it first, as the console shows it. Whoever publishes hands the signature in:
plumb pact publish --signature FILE, or the console's dialog.
`;

/** Adds `plumb pact sign`: a person's signature on a version, for somebody else to publish. */
export function addPactSign(pact: Command, shell: Shell): void {
  pact
    .command('sign')
    .description('sign a pact for somebody to publish; asks no daemon')
    .argument('[file]', 'the pact')
    .requiredOption('--key <file...>', 'keys of `plumb key sign-new`')
    .option('--agent <agent>', 'the agent (default: the one the pact names)')
    .option('--digest <digest>', 'the version, where no file is given')
    .option('-o, --output <file>', 'a new file (default: the terminal)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: SignOptions) => sign(file, options, shell));
}

async function sign(
  file: string | undefined,
  options: SignOptions,
  { screen }: Shell,
): Promise<void> {
  const of = signedOf(file, options);
  const signature = oneNote(await signaturesBy(options.key, of));
  const { output } = options;
  if (output !== undefined) writeWhole(output, signature, { isNew: true });
  if (options.json === true) {
    return screen.json({ ...of, signature, ...(output === undefined ? {} : { output }) });
  }
  screen.note(`signed ${of.digest} for ${of.agent}\n`);
  screen.print(output === undefined ? signature.trimEnd() : `wrote ${output}`);
}

function signedOf(file: string | undefined, { agent, digest }: SignOptions): Signed {
  if (file !== undefined) {
    const found = readPactFiles(file);
    if (digest !== undefined && digest !== found.digest) {
      throw new Stop(`means ${found.digest}, not ${digest}`, file);
    }
    return { agent: agent ?? found.agent, digest: found.digest };
  }
  if (agent === undefined || digest === undefined) {
    throw new Stop('name a pact, or what is signed by --agent and --digest');
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Stop(`\`${digest}\` must be \`sha256:\` and 64 hex digits`, '--digest');
  }
  return { agent, digest };
}

/** Several signatures of one text are lines below it. */
function oneNote([first = '', ...others]: readonly string[]): string {
  const lines = others.map((note) => note.slice(note.lastIndexOf('\n\n') + 2));
  return `${first}${lines.join('')}`;
}

/**
 * Returns the signatures of keys on a version.
 *
 * Errors: `Stop` with the file that holds no key.
 */
export async function signaturesBy(
  files: readonly string[],
  of: Signed,
): Promise<readonly string[]> {
  const server = await loadServer();
  const signed = files.map(async (file) => {
    const note = await server.signPact(readText(file), of);
    if (note === undefined) throw new Stop('no key of `plumb key sign-new`', file);
    return note;
  });
  return Promise.all(signed);
}
