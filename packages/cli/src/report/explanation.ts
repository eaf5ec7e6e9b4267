import type { Decision, Explanation, Obligation, VerdictKind } from '@plumbline/core';

import type { Screen } from '../output/screen.ts';

const WORDS: { readonly [K in VerdictKind]: string } = {
  allow: 'allow',
  modify: 'modify',
  step_up: 'step up',
  defer: 'defer',
  deny: 'deny',
};

/** Returns a verdict in a word, in colour where the screen has any. */
export function verdictWord(kind: VerdictKind, { colors }: Pick<Screen, 'colors'>): string {
  switch (kind) {
    case 'allow':
      return colors.green(WORDS[kind]);
    case 'deny':
      return colors.red(WORDS[kind]);
    case 'modify':
    case 'step_up':
    case 'defer':
      return colors.yellow(WORDS[kind]);
  }
}

/** Returns an explanation for a person: summary, findings, rules tried in order, what flips it. */
export function renderExplanation(
  { decision, summary, tried, flips }: Explanation,
  { colors }: Pick<Screen, 'colors'>,
): string {
  const findings = decision.because.map(({ stage, rule, say, observed }) => {
    const note = observed === true ? ' (observed only)' : '';
    return `  ${stage} · ${rule}${say === '' ? '' : `: ${say}`}${note}`;
  });
  const rules = tried.map(
    ({ stage, rule, result, detail }) => `  ${stage} · ${rule} ${result}: ${detail}`,
  );
  return [
    summary,
    ...section(colors.dim('because'), findings),
    ...section(colors.dim('rules tried'), rules),
    ...section(colors.dim('spends'), spentBy(decision)),
    ...section(colors.dim('also do'), decision.obligations.map(renderObligation)),
    ...section(
      colors.dim('would be milder with'),
      flips.map((flip) => `  ${flip}`),
    ),
    ...(flips.length === 0 && decision.verdict.kind !== 'allow' ? [colors.dim(NO_FLIP)] : []),
  ].join('\n');
}

const NO_FLIP = 'no smaller change was found that would be milder';

function spentBy({ spends, grants = [] }: Decision): readonly string[] {
  return [
    ...spends.map((id) => `  approval \`${id}\``),
    ...grants.map((id) => `  claim of single use \`${id}\``),
  ];
}

function renderObligation({ kind, rule, say }: Obligation): string {
  return `  ${kind.replace('_', ' ')} (rule \`${rule}\`): ${say}`;
}

function section(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [head, ...lines];
}
