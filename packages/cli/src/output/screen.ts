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
    print: (text) => stdout.write(`${stdout.isTTY ? forTerminal(text) : text}\n`),
    json: (value) => stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => stderr.write(text),
  };
}

const TOLD_TERMINAL = /\u001b\[(?!8m)\d{0,2}m|[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Returns a text that tells a terminal nothing but colours: names of servers, tools and files come
 * from anybody, and could rewrite what stands around them.
 */
export function forTerminal(text: string): string {
  return text.replaceAll(TOLD_TERMINAL, (said) =>
    said.length > 1 || said === '\n' || said === '\t' ? said : '\ufffd',
  );
}
