import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

import { buildGoTool, type GoTool } from './go-tools.ts';

/** The tool's path. Without Go the test is skipped, and counted; in CI that is a failure. */
export async function needTool(
  t: TestContext,
  tool: GoTool,
  into: string,
): Promise<string | undefined> {
  const built = await buildGoTool(tool, into);
  if ('path' in built) return built.path;
  if (process.env['CI'] === 'true') assert.fail(built.why);
  t.skip(`NOT CHECKED BY OTHER PEOPLE'S TOOLS: ${built.why}`);
  return undefined;
}
