import type { ReactElement, ReactNode } from 'react';

import { joinClasses } from './join-classes.ts';
import classes from './marks.module.css';

/** How much a state asks for: shape and word say it as well as the colour. */
export type Tone = 'danger' | 'warn' | 'good' | 'accent' | 'plain';

/** The state of something, as a word with a mark. */
export function StatePill({
  tone,
  children,
  title,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly title?: string | undefined;
}): ReactElement {
  return (
    <span className={joinClasses(classes['mark'], classes[tone])} title={title}>
      {children}
    </span>
  );
}

const VERDICTS: Readonly<Record<string, readonly [Tone, string]>> = {
  allow: ['good', 'allowed'],
  modify: ['accent', 'rewritten'],
  step_up: ['warn', 'asked a person'],
  defer: ['warn', 'deferred'],
  deny: ['danger', 'refused'],
};

/** A verdict in the words of people. */
export function Verdict({ kind }: { readonly kind: string }): ReactElement {
  const [tone, word] = VERDICTS[kind] ?? (['plain', kind] as const);
  return <StatePill tone={tone}>{word}</StatePill>;
}

const TRUST: Readonly<Record<string, Tone>> = {
  principal: 'accent',
  attested: 'accent',
  trusted: 'good',
  session: 'plain',
  agent: 'plain',
  mixed: 'warn',
  untrusted: 'danger',
};

/** Where a value comes from, and whether that is trusted. */
export function TrustLabel({
  trust,
  children,
}: {
  readonly trust: string;
  readonly children?: ReactNode;
}): ReactElement {
  return <StatePill tone={TRUST[trust] ?? 'plain'}>{children ?? trust}</StatePill>;
}
