import { learn } from './learn.ts';
import { namesOf } from './names.ts';
import { printDraft } from './print.ts';
import { readTool } from './reading.ts';
import type { DraftRequest } from './request.ts';
import { scopesOf } from './scope.ts';
import { settle } from './settle.ts';

/**
 * Returns the text of a least-privilege pact, every guess explained in a comment above it.
 *
 * From the runs come the tools each task used and the kinds of source its arguments had, never a
 * value: no text of a principal or a result reaches the pact. Tasks without runs get the tools
 * their own words name and the sources runs of other tasks show.
 * Source: spec/pact/analysis.md, section "Drafting".
 */
export function draftPact(asked: DraftRequest): string {
  const request = settle(asked);
  const runs = request.runs ?? [];
  const calls = runs.flatMap((run) => run.calls);
  const readings = new Map(
    request.tools.map((tool) => {
      const its = calls.filter((call) => call.tool === tool.name);
      return [tool.name, readTool(tool, its)];
    }),
  );
  const lesson = learn(readings, runs);
  const scopes = scopesOf({ request, readings, lesson });
  const taskNames = namesOf(request.tasks.map((task) => task.name));
  const toolNames = namesOf(request.tools.map((tool) => tool.name));
  return printDraft({ request, readings, lesson, scopes, taskNames, toolNames });
}
