import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { agentPlace, entryPlace, sessionPlace } from '../../data/places.ts';
import type { TraceRow } from '../../data/traces.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CodeView, Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill, TrustLabel, Verdict } from '../../ui/marks.tsx';
import { Facts } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { ArgsView } from './args-view.tsx';
import { entryWords } from './entry-words.ts';
import { textAt } from './open-part.ts';
import { PlacesList } from './places-list.tsx';
import { SealedNote } from './sealed-note.tsx';
import classes from './trace.module.css';
import { TRUST_WORDS } from './trust-words.ts';
import type { Origin } from './use-origin.ts';
import type { Opening } from './use-record.ts';
import { Why } from './why.tsx';

type EntryDetailProps = {
  readonly row: TraceRow;
  readonly opening: Opening;
  readonly origin: Origin;
  /** Whether the timeline is hidden behind it, as on a phone. */
  readonly isAlone: boolean;
  readonly toolOf: (decision: string) => string | null;
  /** The entry that tells what became of a decision, by its id. */
  readonly outcomeOf: (decision: string) => number | null;
};

/** One entry of the session: what it says, what it held, and the way to its proof. */
export function EntryDetail(props: EntryDetailProps): ReactElement {
  const { row, opening, origin, isAlone, toolOf } = props;
  const { session } = opening.record;
  return (
    <section className={classes['detail']} aria-label={`Entry ${row.index}`}>
      <div className={classes['head']}>
        <h2>
          <Visible text={entryWords(row, toolOf).title} />
        </h2>
        <Mark row={row} />
        <span className={classes['push']} />
        <Link className={buttonClass({ isSmall: true })} href={entryPlace(row.index)}>
          Proof
        </Link>
        {isAlone && (
          <Link className={buttonClass({ isSmall: true })} href={sessionPlace(session)} replace>
            All entries
          </Link>
        )}
      </div>
      {origin.of !== null && origin.of !== row.index && <PlacesList origin={origin} isElsewhere />}
      {row.kind === 'decided' ? <Decision {...props} /> : <Content row={row} opening={opening} />}
      <h3>The entry</h3>
      <Facts rows={factsOf(props)} />
    </section>
  );
}

function Mark({ row }: { readonly row: TraceRow }): ReactNode {
  const verdict = row.kind === 'decided' ? textAt(row.open, 'verdict') : null;
  if (verdict !== null) return <Verdict kind={verdict} />;
  const { source } = row;
  if (source === null) return null;
  return <TrustLabel trust={source.trust}>{TRUST_WORDS[source.trust]}</TrustLabel>;
}

function Decision({ row, opening, origin }: EntryDetailProps): ReactElement {
  const traced = origin.of === row.index ? origin.path : null;
  return (
    <>
      <Why record={opening.record} row={row} />
      <h3>What was asked</h3>
      {row.sealed === 'opened' ? (
        <>
          <ArgsView
            args={argsOf(row)}
            traced={traced}
            onTrace={(leaf) => origin.onTrace(row.index, leaf)}
          />
          {traced === null ? (
            <p className={classes['soft']}>Press a value to see where it comes from.</p>
          ) : (
            <PlacesList origin={origin} />
          )}
        </>
      ) : (
        <Closed row={row} what="What it asked for is" opening={opening} />
      )}
    </>
  );
}

function argsOf({ secret }: TraceRow): unknown {
  return Reflect.get(Object(Reflect.get(Object(secret), 'action')), 'args');
}

/** What an entry held beside a decision: the text of a message, a result, a person's word. */
function Content({
  row,
  opening,
}: {
  readonly row: TraceRow;
  readonly opening: Opening;
}): ReactNode {
  if (row.sealed === 'none') return null;
  if (row.secret === null) return <Closed row={row} what="What it held is" opening={opening} />;
  const text = textAt(row.secret, 'text') ?? contentText(row.secret['result'] ?? row.secret);
  return <CodeView label="what it held" text={text} />;
}

function contentText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function Closed({
  row: { sealed },
  what,
  opening,
}: {
  readonly row: TraceRow;
  readonly what: string;
  readonly opening: Opening;
}): ReactElement {
  if (sealed === 'sealed') return <SealedNote what={what} opening={opening} />;
  return (
    <p className={classes['line']}>
      <StatePill tone="plain">{sealed}</StatePill>
      <span className={classes['soft']}>
        {sealed === 'erased'
          ? 'Whose data it was had it erased. The proof of the entry still holds.'
          : 'The daemon has no key that opens it.'}
      </span>
    </p>
  );
}

function factsOf({
  row,
  opening,
  outcomeOf,
}: EntryDetailProps): Readonly<Record<string, ReactNode>> {
  const { open, kind, at, index } = row;
  const { record } = opening;
  const decision = textAt(open, 'decision');
  const outcome = kind === 'decided' && decision !== null ? outcomeOf(decision) : null;
  const pact = textAt(open, 'pact');
  return {
    Kind: <code>{kind}</code>,
    Recorded: <Time at={at} />,
    Entry: <Link href={entryPlace(index)}>{index}</Link>,
    Agent: <Link href={agentPlace(record.agent)}>{record.agent}</Link>,
    Decision: decision === null ? null : <Digest of={decision} what="decision" />,
    'What became of it':
      outcome === null ? null : (
        <Link href={sessionPlace(record.session, outcome)} replace>
          Entry {outcome}
        </Link>
      ),
    Pact: pact === null ? null : <Digest of={pact} />,
    Outcome: kind === 'outcome' ? textAt(open, 'status') : null,
    'What stands openly': (
      <details>
        <summary>Show</summary>
        <CodeView label="what stands openly" text={JSON.stringify(open, null, 2)} />
      </details>
    ),
  };
}
