import { undoSource } from '../analysis/setting-values.ts';
import type { Tool, UndoArgument } from '../compiled.ts';
import type { PactDocument } from '../document.ts';

/** Returns what takes which tool back, and what nothing does, in sentences. */
export function undoLines({ tools }: PactDocument): readonly string[] {
  const own = [...tools.values()].map(({ tool }) => tool);
  if (own.every(({ undo }) => undo === null)) return [];
  const lost = own.filter(({ undo, effect }) => undo === null && effect !== 'read');
  const names = lost.map(({ name }) => `\`${name}\``).join(', ');
  return [
    ...own.flatMap(undoLine),
    ...(lost.length === 0 ? [] : [`nothing is declared to take ${names} back.`]),
  ];
}

function undoLine({ name, undo, undoArgs, reversible }: Tool): readonly string[] {
  if (undo === null) return [];
  const how = reversible === 'partly' ? ' in part' : '';
  const filled =
    undoArgs.length === 0
      ? 'with what a person fills in'
      : `with ${undoArgs.map(wordsOf).join(', ')}`;
  return [`\`${name}\`${how}, by \`${undo}\` ${filled}, once another person approves.`];
}

function wordsOf(argument: UndoArgument): string {
  return argument.from === 'value'
    ? `\`${argument.name}\` always ${JSON.stringify(argument.value)}`
    : `\`${argument.name}\` from \`${undoSource(argument)}\``;
}
