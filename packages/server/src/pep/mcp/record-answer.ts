import type { Response, ResponseBody } from './message.ts';
import type { Relay } from './relay.ts';
import { outcomeOf } from './tool-result.ts';

/** What became of the record of an answer. What is withheld stands in the record with its size. */
export type Recorded =
  | { readonly kind: 'whole' }
  | { readonly kind: 'withheld'; readonly bytes: number }
  | { readonly kind: 'unrecorded'; readonly message: string };

/** Records what a server answered as the outcome of a decision; too much of it by its size. */
export async function recordAnswer(
  { enforcement, bounds }: Pick<Relay, 'enforcement' | 'bounds'>,
  decision: string,
  { body, bytes: { length: bytes } }: Response,
): Promise<Recorded> {
  if (bytes <= bounds.answerBytes) {
    const said = await enforcement.report({ decision, ...outcomeOf(body) });
    if (said.ok) return { kind: 'whole' };
    if (said.code !== 'too-large') return { kind: 'unrecorded', message: said.message };
  }
  const { status } = outcomeOf(statusOnly(body));
  const result = { withheld: 'too-large', bytes };
  const said = await enforcement.report({ decision, status, result });
  return said.ok ? { kind: 'withheld', bytes } : { kind: 'unrecorded', message: said.message };
}

function statusOnly(body: ResponseBody): ResponseBody {
  if (body.kind === 'error') return { kind: 'error', error: { code: 0, message: '' } };
  return { kind: 'result', result: { isError: body.result['isError'] === true } };
}
