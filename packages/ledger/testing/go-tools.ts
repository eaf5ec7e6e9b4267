import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const interop = join(import.meta.dirname, '..', 'interop');

/** What a program printed, and whether it ended with code 0. */
export type Ran = { readonly isOk: boolean; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end; failing is an answer, never a rejection. */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(program, args, {
      cwd,
      timeout: 180_000,
      env: { ...process.env, GOWORK: 'off' },
    });
    return { isOk: true, stdout, stderr };
  } catch (error) {
    const [stdout, stderr] = ['stdout', 'stderr'].map((key) => Reflect.get(Object(error), key));
    return { isOk: false, stdout: String(stdout ?? ''), stderr: String(stderr ?? error) };
  }
}

/** A Go program to build: its folder below `interop/`, and the package in that module. */
export type GoTool = { readonly folder: 'sumdb' | 'fsck' | 'witness'; readonly target: string };

/**
 * Builds a Go program at the versions its module pins.
 *
 * Returns its path, or why it cannot be had here: no Go, or no modules. A fault in the program
 * itself throws.
 */
export async function buildGoTool(
  { folder, target }: GoTool,
  into: string,
): Promise<{ readonly path: string } | { readonly why: string }> {
  const cwd = join(interop, folder);
  const version = await runProgram('go', ['version'], cwd);
  if (!version.isOk) return { why: 'go is not installed' };
  const modules = await runProgram('go', ['mod', 'download'], cwd);
  if (!modules.isOk) return { why: `go modules cannot be had: ${modules.stderr.trim()}` };
  const path = join(into, folder);
  const built = await runProgram('go', ['build', '-buildvcs=false', '-o', path, target], cwd);
  if (!built.isOk) throw new Error(built.stderr);
  return { path };
}
