import type { Tool } from '../compiled.ts';
import type { UndoDocument } from '../document.ts';
import { suggest } from '../suggest.ts';
import { checkArgument, checkValuePath, type Context } from './context.ts';

/** Checks that what takes a tool back is there, with its arguments and where they come from. */
export function checkUndo(context: Context, tool: Tool, { tool: undo, args }: UndoDocument): void {
  const isThere = context.visible.has(undo.value);
  if (!isThere) tellUnknown(context, tool, undo);
  for (const { name, path } of args) {
    if (path !== null) checkValuePath(context, tool.name, path);
    if (isThere) checkArgument(context, undo.value, name);
  }
}

// A misspelt undo is an error; one that is not declared cannot be run, which is worth knowing.
function tellUnknown(
  { document, findings, visible }: Context,
  tool: Tool,
  undo: UndoDocument['tool'],
): void {
  const hint = suggest(undo.value, visible.keys());
  const advice = hint === '' ? ': declare it under `tools`, or it cannot be run' : hint;
  const message = `\`undo\` of ${tool.name} names no tool \`${undo.value}\`${advice}`;
  const remark = { code: 'unknown-undo', place: undo.place, message } as const;
  if (hint !== '' || document.autonomy.value === 3) findings.error(remark);
  else findings.warn(remark);
}
