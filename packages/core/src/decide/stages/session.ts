import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { BOUNDS } from '../state.ts';
import { undeclaredPath } from '../undeclared.ts';
import type { Finding } from '../verdict.ts';

/**
 * Returns a deny without an open session, with too much in flight, or with arguments that are too
 * large or that the tool does not declare.
 */
export function session(context: Context): readonly Finding[] {
  const isFull = context.reader.look('in-flight', () => {
    return context.state.flights.size >= BOUNDS.inFlight;
  });
  const fault = faultOf(context);
  if (context.attested !== null && !isFull && fault === null) return NOTHING;
  const found: Finding[] = [];
  if (context.attested === null) found.push(refuse('session', 'no open session of that id'));
  if (isFull) found.push(refuse('in-flight', 'too many actions wait for their outcome'));
  if (fault !== null) found.push(refuse('arguments', fault));
  return found;
}

function faultOf({ isOversized, tool, action }: Context): string | null {
  if (isOversized) return 'the arguments are too large or too deep';
  if (tool === null || tool.schema === null) return null;
  const path = undeclaredPath(tool.schema, action.args);
  return path === null ? null : `\`${path}\` is not an argument of \`${action.tool}\``;
}

function refuse(rule: string, say: string): Finding {
  return { stage: 'session', rule, kind: 'deny', say };
}
