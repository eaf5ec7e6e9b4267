import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { type Kept, useRetention } from '../../data/retention.ts';
import { CommandLine } from '../../ui/command-line.tsx';
import { Facts, Section } from '../../ui/page.tsx';
import { sizeText } from '../../ui/size-text.ts';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './settings.module.css';

/** What is kept how long, how much of it there is, and how it is changed. */
export function RetentionTab(): ReactElement {
  return (
    <Answered answer={useRetention()} what="what is kept">
      {(kept) => (
        <div className={classes['stack']}>
          <Section title="What is kept, and how long">
            <PlainTable nothing="" rows={ruleRows(kept)} />
          </Section>
          <Section title="Logs">
            <PlainTable nothing="" rows={logRows(kept)} />
          </Section>
          <Section title="Room on the disk" isCard>
            <Facts rows={diskFacts(kept)} />
          </Section>
          <Changing kept={kept} />
        </div>
      )}
    </Answered>
  );
}

type Cells = readonly (readonly [string, Readonly<Record<string, ReactNode>>])[];

function ruleRows({ entries, oldestAt, erased }: Kept): Cells {
  const erasures = `${erased.count.toLocaleString('en')}${erased.isMore ? ' and more' : ''}`;
  return [
    [
      'entries',
      {
        What: 'Entries of the log',
        'Kept for': 'ever, whole: one that is taken out would break every later proof',
        'There now': counted(entries),
        'Oldest or last': oldestAt === null ? 'none yet' : <Time at={oldestAt} isInRow />,
      },
    ],
    [
      'people',
      {
        What: 'What people said and what is personal, sealed in them',
        'Kept for': 'until the person is erased; their key is destroyed then, the entries stay',
        'There now': (
          <>
            {erasures} erased so far, <Link href="/evidence?kind=erasure">their entries</Link>
          </>
        ),
        'Oldest or last':
          erased.lastAt === null ? 'nobody yet' : <Time at={erased.lastAt} isInRow />,
      },
    ],
  ];
}

function logRows({ logs }: Kept): Cells {
  return logs.toReversed().map(({ origin, start, entries, firstAt, rolledAt }) => [
    origin,
    {
      Log: <code>{origin}</code>,
      Entries: counted(entries),
      'First entry': start.toLocaleString('en'),
      Since: firstAt === null ? '' : <Time at={firstAt} isInRow />,
      'Rolled over': rolledAt === null ? 'it is written' : <Time at={rolledAt} isInRow />,
    },
  ]);
}

function diskFacts({ disk: { freeBytes, warnBytes, refuseBytes } }: Kept) {
  return {
    Free: freeBytes === null ? 'not looked yet' : sizeText(freeBytes),
    'Warned below': sizeText(warnBytes),
    'Nothing begins below': sizeText(refuseBytes),
  };
}

function Changing({ kept: { rollAtEntries, logs } }: { readonly kept: Kept }): ReactElement {
  return (
    <Section title="Changing it" isCard>
      <p>
        Nothing is dropped by itself, so no sweep is due and nothing has to be held back from one: a
        start folds the states of agents from all entries, and exports and proofs need them.
      </p>
      <p>
        {rollText(rollAtEntries, logs.at(-1)?.entries ?? 0)} Set <code>log.rollAtEntries</code> in
        the configuration of the daemon, which is read at a start. Earlier logs can be copied away
        whole.
      </p>
      <p>On the machine itself, or with an admin’s key:</p>
      <CommandLine text="plumb log roll" />
      <CommandLine text="plumb erase ada@example.com --reason 'she asked for it'" />
      <CommandLine text="plumb export ada@example.com -o ada.jsonl" />
    </Section>
  );
}

function rollText(rollAtEntries: number | null, entries: number): string {
  if (rollAtEntries === null) return 'The log rolls over when somebody says so, never by itself.';
  const left = Math.max(0, rollAtEntries - entries);
  return `The log rolls over by itself after ${counted(left)} more, at ${counted(rollAtEntries)}.`;
}

function counted(entries: number): string {
  return `${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`;
}
