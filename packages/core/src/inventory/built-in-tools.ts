import type { JsonObject } from '../json.ts';
import type { DraftTool } from '../pact/draft/request.ts';

/** A program whose own tools a hook can govern. */
export type HookedClient = 'claude-code' | 'gemini-cli' | 'codex' | 'cursor';

/** The arguments of a tool; a text, or a list where brackets follow the name. */
type Row = readonly [name: string, description: string, ...argumentNames: readonly string[]];

// Source: the documentation of each client. Effects are judged from this as those of any tool.
const ROWS: Readonly<Record<HookedClient, readonly Row[]>> = {
  'claude-code': [
    ['Agent', 'Starts another agent with a prompt.', 'prompt', 'subagent_type'],
    ['Bash', 'Runs a shell command.', 'command', 'run_in_background'],
    ['BashOutput', 'Reads what a command in the background printed.', 'bash_id'],
    ['Edit', 'Edits a file.', 'file_path', 'old_string', 'new_string'],
    ['Glob', 'Finds files by their names.', 'pattern', 'path'],
    ['Grep', 'Searches the contents of files.', 'pattern', 'path'],
    ['KillShell', 'Stops a command in the background.', 'shell_id'],
    ['LS', 'Lists a directory.', 'path'],
    ['MultiEdit', 'Edits a file in several places.', 'file_path', 'edits[]'],
    ['NotebookEdit', 'Edits a cell of a notebook.', 'notebook_path', 'new_source'],
    ['PowerShell', 'Runs a shell command.', 'command'],
    ['Read', 'Reads a file.', 'file_path'],
    ['Skill', 'Loads instructions of a skill.', 'skill', 'args'],
    ['Task', 'Starts another agent with a prompt.', 'prompt', 'subagent_type'],
    ['TodoWrite', 'Writes the list of what is to be done.', 'todos[]'],
    ['WebFetch', 'Fetches a web page.', 'url', 'prompt'],
    ['WebSearch', 'Searches the web.', 'query'],
    ['Write', 'Writes a file.', 'file_path', 'content'],
  ],
  'gemini-cli': [
    ['glob', 'Finds files by their names.', 'pattern', 'path'],
    ['google_web_search', 'Searches the web.', 'query'],
    ['grep_search', 'Searches the contents of files.', 'pattern', 'dir_path'],
    ['list_directory', 'Lists a directory.', 'dir_path'],
    ['read_file', 'Reads a file.', 'file_path'],
    ['read_many_files', 'Reads files.', 'include[]'],
    ['replace', 'Replaces text in a file.', 'file_path', 'old_string', 'new_string'],
    ['run_shell_command', 'Runs a shell command.', 'command', 'dir_path'],
    ['save_memory', 'Saves a fact for later sessions.', 'fact'],
    ['search_file_content', 'Searches the contents of files.', 'pattern', 'path'],
    ['web_fetch', 'Fetches web pages.', 'prompt'],
    ['write_file', 'Writes a file.', 'file_path', 'content'],
    ['write_todos', 'Writes the list of what is to be done.', 'todos[]'],
  ],
  codex: [
    ['apply_patch', 'Applies a patch to files.', 'patch', 'path'],
    ['Bash', 'Runs a shell command.', 'command'],
    ['exec_command', 'Runs a shell command.', 'cmd'],
    ['shell', 'Runs a shell command.', 'command'],
    ['update_plan', 'Updates the plan.', 'plan[]'],
    ['view_image', 'Shows an image file.', 'path'],
    ['web_search', 'Searches the web.', 'query'],
    ['write_stdin', 'Writes to a command that runs.', 'session_id', 'command'],
  ],
  cursor: [
    ['Delete', 'Deletes a file.', 'path'],
    ['Grep', 'Searches the contents of files.', 'pattern', 'path'],
    ['Read', 'Reads a file.', 'path'],
    ['Shell', 'Runs a shell command.', 'command'],
    ['Task', 'Starts another agent with a prompt.', 'prompt'],
    ['WebSearch', 'Searches the web.', 'query'],
    ['Write', 'Writes a file.', 'path', 'content'],
  ],
};

/** What stands before each client's own tools in a pact. Source: spec/hooks.md, "Names". */
export const HOOK_PREFIX: Readonly<Record<HookedClient, string>> = {
  'claude-code': 'claude.',
  'gemini-cli': 'gemini.',
  codex: 'codex.',
  cursor: 'cursor.',
};

/** Returns the tools a program has without any server, as its documentation names them. */
export function builtInTools(client: HookedClient): readonly DraftTool[] {
  return ROWS[client].map(([name, description, ...names]) => ({
    name,
    description,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(names.map(argumentOf)),
      // The documentation names the arguments that say what a call is about, not all of them.
      additionalProperties: true,
    },
  }));
}

function argumentOf(name: string): readonly [string, JsonObject] {
  return name.endsWith('[]') ? [name.slice(0, -2), { type: 'array' }] : [name, { type: 'string' }];
}
