import { type ReactElement, useState } from 'react';

import { useWho } from '../../../data/keys.ts';
import { type PactRow, usePact } from '../../../data/pacts.ts';
import { Button } from '../../../ui/button.tsx';
import { Visible } from '../../../ui/code-view.tsx';
import { StatePill } from '../../../ui/marks.tsx';
import { Section } from '../../../ui/page.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../agent.module.css';
import { Compared } from '../meaning-diff.tsx';

/** Somebody else published while this was written: who, what, and how to go on. */
export function ConflictNote({
  agent,
  base,
  armed,
  onTakeTheirs,
  onKeepMine,
}: {
  readonly agent: string;
  /** What was armed when this was begun; null: nothing was. */
  readonly base: string | null;
  readonly armed: PactRow;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}): ReactElement {
  const [isShown, setShown] = useState(false);
  const who = useWho();
  return (
    <Section title="Somebody else published meanwhile" isCard>
      <p role="alert">
        <StatePill tone="warn">conflict</StatePill> <Visible text={who(armed.by)} /> armed another
        version <Time at={armed.at} isAgo />: “<Visible text={armed.reason} />
        ”. Yours was begun from {base === null ? 'no pact at all' : 'the version before'}.
      </p>
      <div className={classes['buttons']}>
        {base !== null && (
          <Button aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            {isShown ? 'Hide what they changed' : 'See what they changed'}
          </Button>
        )}
        <Button onClick={onTakeTheirs}>Take theirs, discard mine</Button>
        <Button onClick={onKeepMine}>Go on with mine, over theirs</Button>
      </div>
      {isShown && base !== null && <Theirs agent={agent} base={base} armed={armed.digest} />}
    </Section>
  );
}

function Theirs({
  agent,
  base,
  armed,
}: {
  readonly agent: string;
  readonly base: string;
  readonly armed: string;
}): ReactElement | null {
  const before = usePact(agent, base).data;
  const after = usePact(agent, armed).data;
  if (before === undefined || after === undefined) return null;
  return <Compared before={before} after={after} than="the one you began from" />;
}
