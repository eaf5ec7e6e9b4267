import { type Delegation, MOST_LINKS } from '../../authority/delegation.ts';
import { matchesAny } from '../../pact/glob.ts';
import { NOTHING } from '../context.ts';
import type { Context } from '../context.ts';
import type { Finding } from '../verdict.ts';

/** Returns a deny when a link of the session's delegation does not cover the action. */
export function delegation(context: Context): readonly Finding[] {
  const links = context.attested?.delegation ?? [];
  if (links.length === 0) return NOTHING;
  const say = whyNotDelegated(context, links);
  if (say === null) return NOTHING;
  const rule = 'delegation';
  context.obligations.push({ kind: 'escalate', rule, say: `${say}: ask for more or hand it back` });
  return [{ stage: 'authority', rule, kind: 'deny', say }];
}

function whyNotDelegated(context: Context, links: readonly Delegation[]): string | null {
  if (links.length > MOST_LINKS) return `the delegation has more than ${MOST_LINKS} links`;
  for (const [index, link] of links.entries()) {
    const lack = lackOf(context, link);
    if (lack !== null) return `link ${index + 1} of the delegation, \`${link.agent}\`, ${lack}`;
  }
  return null;
}

function lackOf({ action, effect, now }: Context, link: Delegation): string | null {
  const { tools, effects, untilMs } = link;
  if (untilMs !== null && now >= untilMs) return 'has run out';
  if (tools !== null && !matchesAny(tools, action.tool)) return `lacks \`${action.tool}\``;
  if (effects !== null && !effects.includes(effect)) return `lacks the effect \`${effect}\``;
  return null;
}
