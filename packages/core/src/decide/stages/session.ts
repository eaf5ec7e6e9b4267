import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import { BOUNDS } from '../state.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny without an open session, with too much in flight, or with oversized arguments. */
export function session(context: Context): readonly Finding[] {
  const isFull = context.reader.look('in-flight', () => {
    return context.state.flights.size >= BOUNDS.inFlight;
  });
  if (context.attested !== null && !isFull && !context.isOversized) return NOTHING;
  const found: Finding[] = [];
  if (context.attested === null) found.push(refuse('session', 'no open session of that id'));
  if (isFull) found.push(refuse('in-flight', 'too many actions wait for their outcome'));
  if (context.isOversized) {
    found.push(refuse('arguments', 'the arguments are too large or too deep'));
  }
  return found;
}

function refuse(rule: string, say: string): Finding {
  return { stage: 'session', rule, kind: 'deny', say };
}
