import { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

/**
 * Where a command writes. `isTerminal` says whether standard error can rewrite a line;
 * `json` is the answer as one JSON document on standard output.
 */
export type Screen = {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colors: Colors;
  readonly print: (text: string) => void;
  readonly json: (value: unknown) => void;
  readonly note: (text: string) => void;
};

/** Returns the screen of this very program: standard output and standard error. */
export function standardScreen(env: NodeJS.ProcessEnv): Screen {
  const { stdout, stderr } = process;
  const wantsColor = stdout.isTTY && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb';
  return {
    isTerminal: stderr.isTTY && env['TERM'] !== 'dumb',
    columns: stdout.isTTY ? stdout.columns : 100,
    colors: createColors(wantsColor),
    print: (text) => stdout.write(`${text}\n`),
    json: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => stderr.write(text),
  };
}
