import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A coding agent that is had from the npm registry. */
export type CodingAgent = 'claude-code' | 'gemini-cli' | 'codex';

const PACKAGES: Readonly<Record<CodingAgent, string>> = {
  'claude-code': '@anthropic-ai/claude-code@2.1.332',
  'gemini-cli': '@google/gemini-cli@0.61.0',
  codex: '@openai/codex@0.171.0',
};

/** What a program that was run left behind. */
export type Left = { readonly exit: number; readonly out: string };

/**
 * Returns the command line of a coding agent, installed once for all runs in a folder of temporary
 * files; null where it cannot be had.
 */
export async function codingAgent(agent: CodingAgent): Promise<readonly string[] | null> {
  const modules = await installOnce(PACKAGES[agent]);
  return modules === null ? null : commandOf(agent, modules);
}

/**
 * Returns where a package of the registry, at its exact version, is installed with all it needs:
 * once for all runs, in a folder of temporary files. Null where it cannot be had.
 */
export async function installOnce(spec: string): Promise<string | null> {
  const name = spec.replaceAll(/[^a-z0-9.]+/g, '-');
  const folder = join(tmpdir(), 'plumbline-coding-agents', name);
  const modules = join(folder, 'node_modules');
  if (existsSync(folder)) return modules;
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
  const { exit } = await runProgram('npm', ['install', '--prefix', part, ...flags, spec], {
    environment: process.env,
    cwd: part,
  });
  if (exit !== 0) {
    rmSync(part, { recursive: true, force: true });
    return null;
  }
  renameSync(part, folder);
  return modules;
}

function commandOf(agent: CodingAgent, modules: string): readonly string[] | null {
  switch (agent) {
    case 'claude-code': {
      const scope = join(modules, '@anthropic-ai');
      const programs = readdirSync(scope).map((name) => join(scope, name, 'claude'));
      const program = programs.find((path) => existsSync(path));
      return program === undefined ? null : [program];
    }
    case 'gemini-cli':
      return [process.execPath, join(modules, '@google/gemini-cli/bundle/gemini.js')];
    case 'codex':
      return [process.execPath, join(modules, '@openai/codex/bin/codex.js')];
  }
}

/** Runs a program to its end, for two minutes at most, with nothing on its standard input. */
export function runProgram(
  program: string,
  argv: readonly string[],
  of: { readonly environment: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<Left> {
  const options = {
    env: of.environment,
    cwd: of.cwd,
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    const child = execFile(program, [...argv], options, (error, out, err) => {
      const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exit, out: `${out}${err}` });
    });
    child.stdin?.end();
  });
}
