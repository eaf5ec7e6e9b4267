/** The clients with hooks, known without loading the daemon's package. */
export const HOOKED: ReadonlyMap<string, string> = new Map([
  ['claude-code', 'Claude Code'],
  ['gemini-cli', 'Gemini CLI'],
  ['codex', 'Codex'],
  ['cursor', 'Cursor'],
]);
