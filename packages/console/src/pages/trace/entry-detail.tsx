import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { ownerOf } from '../../data/around.ts';
import { agentPlace, entryPlace, sessionPlace } from '../../data/places.ts';
import type { TraceRow } from '../../data/traces.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CodeView, Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { StatePill, TrustLabel, Verdict } from '../../ui/marks.tsx';
import { Facts } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { ArgsView } from './args-view.tsx';
import type { AskStory } from './ask-story.ts';
import { AskView } from './ask-view.tsx';
import { CopyLink } from './copy-link.tsx';
import { saidFacts } from './entry-facts.tsx';
import { entryWords } from './entry-words.ts';
import { memberAt, textAt } from './open-part.ts';
import { SealedNote } from './sealed-note.tsx';
import { OUTCOMES } from './session-words.ts';
import classes from './trace.module.css';
import { TrailView } from './trail-view.tsx';
import { TRUST_WORDS } from './trust-words.ts';
import type { Origin } from './use-origin.ts';
import type { Opening } from './use-record.ts';
import { Why } from './why.tsx';

type EntryDetailProps = {
  readonly row: TraceRow;
  readonly isAround: boolean;
  readonly opening: Opening;
  readonly origin: Origin;
  /** What people were asked, where the entry is about that. */
  readonly story: AskStory | null;
  /** Whether the timeline is hidden behind it, as on a phone. */
  readonly isAlone: boolean;
  readonly toolOf: (decision: string) => string | null;
  /** The entry that tells what became of a decision, by its id. */
  readonly outcomeOf: (decision: string) => number | null;
};

/** One entry of the session: what it says, what it held, and the way to its proof. */
export function EntryDetail(props: EntryDetailProps): ReactElement {
  const { row, opening, origin, story, isAlone, toolOf } = props;
  const { session } = opening.record;
  return (
    <section className={classes['detail']} aria-label={`Entry ${row.index}`}>
      <div className={classes['head']}>
        <h2>
          <Visible text={entryWords(row, toolOf).title} />
        </h2>
        <Mark row={row} />
        <span className={classes['push']} />
        <CopyLink />
        <Link className={buttonClass({ isSmall: true })} href={entryPlace(row.index)}>
          Proof
        </Link>
        {isAlone && (
          <Link className={buttonClass({ isSmall: true })} href={sessionPlace(session)} replace>
            All entries
          </Link>
        )}
      </div>
      {origin.of !== null && origin.of !== row.index && (
        <TrailView origin={origin} record={opening.record} isElsewhere />
      )}
      {row.kind === 'decided' && <Decision {...props} />}
      {story !== null && <AskView story={story} index={row.index} hrefOf={origin.hrefOf} />}
      {row.kind !== 'decided' && <Content row={row} opening={opening} />}
      <h3>The entry</h3>
      <Facts rows={factsOf(props)} />
      <AsItStands row={row} />
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
            args={memberAt(memberAt(row.secret, 'action'), 'args')}
            traced={traced}
            onTrace={(leaf) => origin.onTrace(row.index, leaf)}
            origin={<TrailView origin={origin} record={opening.record} />}
          />
          {traced === null && (
            <p className={classes['soft']}>Press a value to see where it comes from.</p>
          )}
        </>
      ) : (
        <Closed row={row} what="What it asked for is" opening={opening} />
      )}
    </>
  );
}

/** What an entry held: the text of a message or a result, or what it says under names. */
function Content({
  row,
  opening,
}: {
  readonly row: TraceRow;
  readonly opening: Opening;
}): ReactNode {
  const facts = <Facts rows={saidFacts(row)} />;
  if (row.sealed === 'none') return facts;
  if (row.secret === null) {
    return (
      <>
        {facts}
        <Closed row={row} what="What it held is" opening={opening} />
      </>
    );
  }
  const held = row.kind === 'message' ? row.secret['text'] : row.secret['result'];
  return (
    <>
      {facts}
      {held !== undefined && <CodeView label="what it held" text={contentText(held)} />}
    </>
  );
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
  isAround,
  opening,
  origin,
  outcomeOf,
}: EntryDetailProps): Readonly<Record<string, ReactNode>> {
  const { open, kind, at, index } = row;
  const { agent } = opening.record;
  const decision = textAt(open, 'decision');
  const outcome = kind === 'decided' && decision !== null ? outcomeOf(decision) : null;
  const pact = kind === 'armed' ? null : textAt(open, 'pact');
  const status = kind === 'outcome' ? (textAt(open, 'status') ?? '') : null;
  return {
    Kind: <code>{kind}</code>,
    Recorded: <Time at={at} />,
    Entry: <Link href={entryPlace(index)}>{index}</Link>,
    Agent: <Link href={agentPlace(ownerOf(agent))}>{agent}</Link>,
    Chain: isAround ? 'of the agent: it is about this session, and not of it' : null,
    Decision: decision === null ? null : <Digest of={decision} what="decision" />,
    'What became of it':
      outcome === null ? null : (
        <Link href={origin.hrefOf(outcome)} replace>
          Entry {outcome}
        </Link>
      ),
    Pact: pact === null ? null : <Digest of={pact} />,
    Outcome: status === null ? null : (OUTCOMES[status] ?? status),
  };
}

/** The entry without words, for whoever wants to see every member. */
function AsItStands({ row: { open, secret } }: { readonly row: TraceRow }): ReactElement {
  return (
    <details className={classes['raw']}>
      <summary>As it stands in the log</summary>
      <CodeView label="what stands openly" text={JSON.stringify(open, null, 2)} />
      {secret !== null && (
        <>
          <p className={classes['soft']}>Sealed, opened by you:</p>
          <CodeView label="what was sealed" text={JSON.stringify(secret, null, 2)} />
        </>
      )}
    </details>
  );
}
