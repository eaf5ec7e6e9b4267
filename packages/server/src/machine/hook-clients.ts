import type { Base } from './client-table.ts';

/** The clients whose hooks are installed. */
export type HookClientId = 'claude-code' | 'gemini-cli' | 'codex' | 'cursor';

/** Whose sessions a hook is for: every one of this user, or those in one project. */
export type HookScope = 'user' | 'project' | 'local';

/** What an event is about, which says how long its hook may take. */
export type HookMoment = 'before' | 'other';

/** A hook as it is written into a client's file. */
export type HookEntry = { readonly [member: string]: string | number | boolean | object };

/** How a client's hooks are configured. Source: the documentation of each client. */
export type HookClient = {
  readonly id: HookClientId;
  readonly title: string;
  /** Stands before the names of its own tools in the pact. */
  readonly prefix: string;
  readonly files: Readonly<Partial<Record<HookScope, readonly [Base, string]>>>;
  readonly events: readonly (readonly [string, HookMoment])[];
  /** What a file of the client has to say beside its hooks. */
  readonly members: Readonly<Record<string, number>>;
  readonly entry: (hook: {
    readonly command: string;
    readonly seconds: number;
    readonly moment: HookMoment;
  }) => HookEntry;
  /** What is asked over HTTP without starting anything, where the client can. */
  readonly http: {
    readonly events: ReadonlySet<string>;
    readonly entry: (hook: {
      readonly url: string;
      readonly seconds: number;
      readonly moment: HookMoment;
    }) => HookEntry;
  } | null;
  /** A tool of its own that reads, and arguments for it, for a trial. */
  readonly sample: { readonly tool: string; readonly args: Readonly<Record<string, string>> };
  /** What the person still has to do, or to know. */
  readonly note: string | null;
};

/** The variable that holds the key of hooks that go over HTTP. */
export const HOOK_KEY = 'PLUMBLINE_HOOK_KEY';

function grouped(hook: HookEntry): HookEntry {
  return { hooks: [hook] };
}

const CLAUDE_CODE: HookClient = {
  id: 'claude-code',
  title: 'Claude Code',
  prefix: 'claude.',
  files: {
    user: ['claude', 'settings.json'],
    project: ['project', '.claude/settings.json'],
    local: ['project', '.claude/settings.local.json'],
  },
  events: [
    ['SessionStart', 'other'],
    ['UserPromptSubmit', 'other'],
    ['PreToolUse', 'before'],
    ['PostToolUse', 'other'],
    ['PostToolUseFailure', 'other'],
    ['PermissionDenied', 'other'],
    ['Stop', 'other'],
    ['SubagentStop', 'other'],
    ['SessionEnd', 'other'],
  ],
  members: {},
  entry: ({ command, seconds, moment }) => {
    const hook = { type: 'command', command, timeout: seconds };
    return grouped(moment === 'before' ? { ...hook, onFailure: 'block' } : hook);
  },
  http: {
    events: new Set([
      'UserPromptSubmit',
      'PreToolUse',
      'PostToolUse',
      'PostToolUseFailure',
      'Stop',
      'SubagentStop',
    ]),
    entry: ({ url, seconds, moment }) => {
      const secret = { headers: { Authorization: `Bearer $${HOOK_KEY}` } };
      const hook = { type: 'http', url, timeout: seconds, ...secret, allowedEnvVars: [HOOK_KEY] };
      return grouped(moment === 'before' ? { ...hook, onFailure: 'block' } : hook);
    },
  },
  sample: { tool: 'Read', args: { file_path: '/tmp/plumb-hook-test.txt' } },
  note: null,
};

const GEMINI_CLI: HookClient = {
  id: 'gemini-cli',
  title: 'Gemini CLI',
  prefix: 'gemini.',
  files: {
    user: ['home', '.gemini/settings.json'],
    project: ['project', '.gemini/settings.json'],
  },
  events: [
    ['SessionStart', 'other'],
    ['BeforeAgent', 'other'],
    ['BeforeTool', 'before'],
    ['AfterTool', 'other'],
    ['AfterAgent', 'other'],
    ['SessionEnd', 'other'],
  ],
  members: {},
  entry: ({ command, seconds }) =>
    grouped({ name: 'plumbline', type: 'command', command, timeout: seconds * 1_000 }),
  http: null,
  sample: { tool: 'read_file', args: { file_path: '/tmp/plumb-hook-test.txt' } },
  note: 'Gemini CLI runs hooks of a project in trusted folders alone',
};

const CODEX: HookClient = {
  id: 'codex',
  title: 'Codex',
  prefix: 'codex.',
  files: { user: ['codex', 'hooks.json'], project: ['project', '.codex/hooks.json'] },
  events: [
    ['SessionStart', 'other'],
    ['UserPromptSubmit', 'other'],
    ['PreToolUse', 'before'],
    ['PostToolUse', 'other'],
    ['Stop', 'other'],
    ['SubagentStop', 'other'],
  ],
  members: {},
  entry: ({ command, seconds }) => grouped({ type: 'command', command, timeout: seconds }),
  http: null,
  sample: { tool: 'Bash', args: { command: 'true' } },
  note:
    'Codex runs no hook before you trusted it: start `codex` once and say so where it asks for ' +
    'review, again whenever the hook changes',
};

const CURSOR: HookClient = {
  id: 'cursor',
  title: 'Cursor',
  prefix: 'cursor.',
  files: { user: ['home', '.cursor/hooks.json'], project: ['project', '.cursor/hooks.json'] },
  events: [
    ['sessionStart', 'other'],
    ['beforeSubmitPrompt', 'other'],
    ['preToolUse', 'before'],
    ['postToolUse', 'other'],
    ['postToolUseFailure', 'other'],
    ['stop', 'other'],
    ['sessionEnd', 'other'],
  ],
  members: { version: 1 },
  entry: ({ command, seconds, moment }) => {
    const hook = { command, timeout: seconds };
    return moment === 'before' ? { ...hook, failClosed: true } : hook;
  },
  http: null,
  sample: { tool: 'Read', args: { file_path: '/tmp/plumb-hook-test.txt' } },
  note: 'Cursor also runs hooks it finds in the files of Claude Code: install one of the two',
};

/** Every client whose hooks are installed. */
export const HOOK_CLIENTS: readonly HookClient[] = [CLAUDE_CODE, GEMINI_CLI, CODEX, CURSOR];
