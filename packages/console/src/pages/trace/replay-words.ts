import type { VerdictKind } from '@plumbline/core';

import { VERDICT_WORDS } from './session-words.ts';
import type { ReplayedDecision } from './worker/replay.ts';

/** How a decision stands beside the other pact. */
export type Change = 'other verdict' | 'other rules' | 'same' | 'not known';

/** Returns how the other pact decides one, beside what was recorded. */
export function changeOf({ other, recorded, rules }: ReplayedDecision): Change {
  if (other === null) return 'not known';
  if (other.verdict !== recorded) return 'other verdict';
  const names = (of: readonly string[]): string => [...new Set(of)].toSorted().join(' ');
  return names(other.rules) === names(rules) ? 'same' : 'other rules';
}

/** Returns what a replay comes to, in sentences: how it was made, and what changed. */
export function replaySummary(decisions: readonly ReplayedDecision[], hasOther: boolean): string {
  const same = decisions.filter(({ standing }) => standing === 'recomputed').length;
  const made = `${same} of ${decisions.length} decisions made again here are the recorded ones.`;
  const closed = unmadeText(decisions);
  const again = closed === '' ? made : `${made} ${closed}`;
  return hasOther ? `${again} ${changedText(decisions)}` : again;
}

function unmadeText(decisions: readonly ReplayedDecision[]): string {
  const count = (standing: ReplayedDecision['standing']): number =>
    decisions.filter((one) => one.standing === standing).length;
  const erased = count('erased');
  const sealed = count('sealed');
  const missing = count('missing');
  return [
    erased === 0 ? '' : `${erased} cannot be made again: what they were made from is erased.`,
    missing === 0 ? '' : `${missing} cannot be made again: their pact is not here.`,
    sealed === 0 ? '' : `${sealed} came in after you opened the session: open them as well.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function changedText(decisions: readonly ReplayedDecision[]): string {
  const changed = decisions.filter((one) => changeOf(one) === 'other verdict');
  const rules = decisions.filter((one) => changeOf(one) === 'other rules').length;
  const byOthers = rules === 0 ? '' : ` It decides ${rules} the same by other rules.`;
  const lead = `The other pact decides ${changed.length} of them otherwise`;
  if (changed.length === 0) return `${lead}.${byOthers}`;
  return `${lead}: ${movesOf(changed).join('; ')}.${byOthers}`;
}

/** `2 from “allowed” to “refused”`. */
function movesOf(changed: readonly ReplayedDecision[]): readonly string[] {
  const moves = Map.groupBy(changed, ({ recorded, other }) => {
    return `from “${wordOf(recorded)}” to “${wordOf(other?.verdict)}”`;
  });
  return [...moves].map(([move, those]) => `${those.length} ${move}`);
}

function wordOf(verdict: VerdictKind | undefined): string {
  return VERDICT_WORDS[verdict ?? ''] ?? '';
}
