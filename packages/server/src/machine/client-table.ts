import type { FileFormat } from './read-file.ts';

/** Where a path begins; each is another folder on each platform. */
export type Base =
  | 'home'
  /** Where the platform keeps what applications remember. */
  | 'app'
  /** `~/.config`, or where XDG says. */
  | 'config'
  /** Where an administrator puts what holds for everybody. */
  | 'system'
  | 'claude'
  /** Beside that folder, unless it was moved: then inside. */
  | 'claude-state'
  | 'codex'
  /** The folder of a project. */
  | 'project';

/**
 * One file of a client. `*` in a path stands for any one name; `servers` are the paths of members
 * inside the file under which servers stand, in which `*` is any name as well.
 */
export type ClientFile = {
  readonly base: Base;
  readonly path: string;
  readonly format: FileFormat;
  readonly servers?: readonly string[];
  /** The member under which hooks stand. */
  readonly hooks?: string;
  /** The member whose names are the folders of projects. */
  readonly projects?: string;
  /** The member that holds the address of one project's folder. */
  readonly folder?: string;
  /** Whether a program writes it, so that an edit would not last. */
  readonly isManaged?: true;
};

/** A program in which agents act. */
export type Client = {
  readonly id: string;
  readonly title: string;
  /** Which of the tables of built-in tools is its own; none: it has no hooks. */
  readonly builtIn?: 'claude-code' | 'gemini-cli' | 'codex' | 'cursor';
  /** Folders, any of which says that the program is there. */
  readonly marks: readonly (readonly [Base, string])[];
  readonly files: readonly ClientFile[];
};

type Details = Omit<ClientFile, 'base' | 'path' | 'format'>;

const MCP: Details = { servers: ['mcpServers'] };

function json(base: Base, path: string, details: Details = MCP): ClientFile {
  return { base, path, format: 'json', ...details };
}

/** What an editor of the VS Code family keeps in its folder. */
function editorFiles(folder: string): readonly ClientFile[] {
  return [
    json('app', `${folder}/User/mcp.json`, { servers: ['servers'] }),
    json('app', `${folder}/User/profiles/*/mcp.json`, { servers: ['servers'] }),
    json('app', `${folder}/User/settings.json`, { servers: ['mcp.servers'] }),
    workspaces(folder),
  ];
}

function workspaces(folder: string): ClientFile {
  const path = `${folder}/User/workspaceStorage/*/workspace.json`;
  return json('app', path, { folder: 'folder' });
}

/** What an extension of that family keeps, in each of the editors. */
function extensionFiles(path: string): readonly ClientFile[] {
  return EDITORS.map((folder) => json('app', `${folder}/User/globalStorage/${path}`));
}

const EDITORS = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'];

/**
 * Every client whose configuration is looked for: one row a file.
 *
 * Source: the documentation of each client.
 */
export const CLIENTS: readonly Client[] = [
  {
    id: 'claude-code',
    title: 'Claude Code',
    builtIn: 'claude-code',
    marks: [['claude', '.']],
    files: [
      json('claude-state', '.claude.json', {
        servers: ['mcpServers', 'projects.*.mcpServers'],
        projects: 'projects',
      }),
      json('claude', 'settings.json', { hooks: 'hooks' }),
      json('claude', 'plugins/cache/*/*/*/.mcp.json', {
        servers: ['mcpServers', ''],
        isManaged: true,
      }),
      json('claude', 'plugins/cache/*/*/*/.claude-plugin/plugin.json', { ...MCP, isManaged: true }),
      json('system', 'claude-code/managed-mcp.json'),
      json('system', 'claude-code/managed-settings.json', { hooks: 'hooks' }),
      json('project', '.mcp.json'),
      json('project', '.claude/settings.json', { hooks: 'hooks' }),
      json('project', '.claude/settings.local.json', { hooks: 'hooks' }),
    ],
  },
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    marks: [['app', 'Claude']],
    files: [
      json('app', 'Claude/claude_desktop_config.json'),
      json('app', 'Claude/Claude Extensions/*/manifest.json', {
        servers: ['server.mcp_config'],
        isManaged: true,
      }),
    ],
  },
  {
    id: 'cursor',
    title: 'Cursor',
    builtIn: 'cursor',
    marks: [['home', '.cursor']],
    files: [
      json('home', '.cursor/mcp.json'),
      json('home', '.cursor/hooks.json', { hooks: 'hooks' }),
      json('project', '.cursor/mcp.json'),
      json('project', '.cursor/hooks.json', { hooks: 'hooks' }),
      workspaces('Cursor'),
    ],
  },
  {
    id: 'vscode',
    title: 'VS Code',
    marks: [
      ['app', 'Code'],
      ['app', 'Code - Insiders'],
      ['app', 'VSCodium'],
    ],
    files: [
      ...editorFiles('Code'),
      ...editorFiles('Code - Insiders'),
      ...editorFiles('VSCodium'),
      json('project', '.vscode/mcp.json', { servers: ['servers'] }),
      json('project', '.vscode/settings.json', { servers: ['mcp.servers'] }),
      json('project', '.devcontainer/devcontainer.json', {
        servers: ['customizations.vscode.mcp.servers'],
      }),
    ],
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    builtIn: 'gemini-cli',
    marks: [['home', '.gemini']],
    files: [
      json('home', '.gemini/settings.json', { ...MCP, hooks: 'hooks' }),
      json('home', '.gemini/projects.json', { projects: 'projects' }),
      json('home', '.gemini/extensions/*/gemini-extension.json', { ...MCP, isManaged: true }),
      json('system', 'gemini-cli/settings.json', { ...MCP, hooks: 'hooks' }),
      json('project', '.gemini/settings.json', { ...MCP, hooks: 'hooks' }),
    ],
  },
  {
    id: 'codex',
    title: 'Codex',
    builtIn: 'codex',
    marks: [['codex', '.']],
    files: [
      {
        base: 'codex',
        path: 'config.toml',
        format: 'toml',
        servers: ['mcp_servers'],
        hooks: 'hooks',
        projects: 'projects',
      },
      json('codex', 'hooks.json', { hooks: 'hooks' }),
      { base: 'system', path: 'codex/config.toml', format: 'toml', servers: ['mcp_servers'] },
      {
        base: 'project',
        path: '.codex/config.toml',
        format: 'toml',
        servers: ['mcp_servers'],
        hooks: 'hooks',
      },
      json('project', '.codex/hooks.json', { hooks: 'hooks' }),
    ],
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    marks: [['home', '.codeium']],
    files: [
      json('home', '.codeium/windsurf/mcp_config.json'),
      json('home', '.codeium/windsurf-next/mcp_config.json'),
      json('home', '.codeium/mcp_config.json'),
      workspaces('Windsurf'),
    ],
  },
  {
    id: 'cline',
    title: 'Cline',
    marks: [['home', '.cline']],
    files: [
      ...extensionFiles('saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
      json('home', '.cline/data/settings/cline_mcp_settings.json'),
    ],
  },
  {
    id: 'roo-code',
    title: 'Roo Code',
    marks: [],
    files: [
      ...extensionFiles('rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
      json('project', '.roo/mcp.json'),
    ],
  },
  {
    id: 'continue',
    title: 'Continue',
    marks: [['home', '.continue']],
    files: [
      { base: 'home', path: '.continue/config.yaml', format: 'yaml', ...MCP },
      json('home', '.continue/config.json', {
        servers: ['mcpServers', 'experimental.modelContextProtocolServers'],
      }),
      { base: 'home', path: '.continue/mcpServers/*.yaml', format: 'yaml', ...MCP },
      json('home', '.continue/mcpServers/*.json'),
      { base: 'project', path: '.continue/mcpServers/*.yaml', format: 'yaml', ...MCP },
      json('project', '.continue/mcpServers/*.json'),
    ],
  },
  {
    id: 'zed',
    title: 'Zed',
    marks: [['config', 'zed']],
    files: [
      json('config', 'zed/settings.json', { servers: ['context_servers'] }),
      json('project', '.zed/settings.json', { servers: ['context_servers'] }),
    ],
  },
  {
    id: 'opencode',
    title: 'opencode',
    marks: [['config', 'opencode']],
    files: [
      json('config', 'opencode/opencode.json', { servers: ['mcp'] }),
      json('config', 'opencode/opencode.jsonc', { servers: ['mcp'] }),
      json('project', 'opencode.json', { servers: ['mcp'] }),
      json('project', 'opencode.jsonc', { servers: ['mcp'] }),
    ],
  },
  {
    id: 'goose',
    title: 'Goose',
    marks: [['config', 'goose']],
    files: [{ base: 'config', path: 'goose/config.yaml', format: 'yaml', servers: ['extensions'] }],
  },
  {
    id: 'copilot-cli',
    title: 'GitHub Copilot CLI',
    marks: [['home', '.copilot']],
    files: [json('home', '.copilot/mcp-config.json')],
  },
  {
    id: 'amazon-q',
    title: 'Amazon Q Developer',
    marks: [['home', '.aws/amazonq']],
    files: [
      json('home', '.aws/amazonq/mcp.json'),
      json('home', '.aws/amazonq/cli-agents/*.json'),
      json('project', '.amazonq/mcp.json'),
    ],
  },
  {
    id: 'kiro',
    title: 'Kiro',
    marks: [['home', '.kiro']],
    files: [json('home', '.kiro/settings/mcp.json'), json('project', '.kiro/settings/mcp.json')],
  },
  {
    id: 'junie',
    title: 'JetBrains Junie',
    marks: [['home', '.junie']],
    files: [json('home', '.junie/mcp/mcp.json'), json('project', '.junie/mcp/mcp.json')],
  },
  {
    id: 'qwen-code',
    title: 'Qwen Code',
    marks: [['home', '.qwen']],
    files: [
      json('home', '.qwen/settings.json', { ...MCP, hooks: 'hooks' }),
      json('project', '.qwen/settings.json', { ...MCP, hooks: 'hooks' }),
    ],
  },
  {
    id: 'crush',
    title: 'Crush',
    marks: [['config', 'crush']],
    files: [
      json('config', 'crush/crush.json', { servers: ['mcp'] }),
      json('project', 'crush.json', { servers: ['mcp'] }),
      json('project', '.crush.json', { servers: ['mcp'] }),
    ],
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    marks: [['home', '.lmstudio']],
    files: [json('home', '.lmstudio/mcp.json')],
  },
  {
    id: 'trae',
    title: 'Trae',
    marks: [['app', 'Trae']],
    files: [json('app', 'Trae/User/mcp.json'), json('project', '.trae/mcp.json')],
  },
];

const USUAL = ['mcpServers', 'servers', 'mcp.servers', 'mcp_servers', 'context_servers'];

/** A file that somebody names, of whichever client. */
export const NAMED: Client = {
  id: 'file',
  title: 'a file',
  marks: [],
  files: (['json', 'toml', 'yaml'] as const).map((format) => ({
    base: 'home',
    path: '',
    format,
    servers: USUAL,
  })),
};
