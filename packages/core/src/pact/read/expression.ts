import type { Expression } from '../document.ts';
import { placeIn } from '../document.ts';
import { mismatch } from '../reader.ts';
import type { Reader } from '../reader.ts';
import { parseTree } from '../expression/parse.ts';

/** Reads a CEL text; reports what is wrong with it where it stands in the text. */
export const expression: Reader<Expression> = (findings, node) => {
  if (node.kind !== 'scalar') return mismatch(findings, node, 'an expression');
  const { place, lines, value } = node;
  if (typeof value !== 'string' && typeof value !== 'boolean') {
    return mismatch(findings, node, 'an expression');
  }
  const text = String(value);
  const start = { place: lines[0]?.place ?? place, lines };
  const parsed = parseTree(text);
  if (parsed.ok) return { text, ast: parsed.value, ...start };
  const { code, offset, message } = parsed.error;
  const at = placeIn(start, offset);
  return findings.error({ code, place: at, message });
};
