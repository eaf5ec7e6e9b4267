import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { geminiCli } from './gemini-cli.ts';
import type { Dialect } from './hook-event.ts';

/** Every client whose hooks are answered, by what it is called. */
export const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['claude-code', claudeCode],
  ['gemini-cli', geminiCli],
  ['codex', codex],
  ['cursor', cursor],
]);
