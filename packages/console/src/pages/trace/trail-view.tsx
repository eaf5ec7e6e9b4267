import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';

import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { TrustLabel } from '../../ui/marks.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import { ElsewhereLook } from './elsewhere-look.tsx';
import { listAt, textAt } from './open-part.ts';
import { originSummary } from './origin-path.ts';
import { Snippet } from './snippet.tsx';
import classes from './trace.module.css';
import { TRUST_WORDS } from './trust-words.ts';
import type { Origin } from './use-origin.ts';
import { WithCode } from '../../ui/with-code.tsx';
import type { Trail, TrailArg, TrailCall, TrailPlace } from './worker/origin-trail.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** Where a value of the arguments comes from: its way back, step by step, each with its trust. */
export function TrailView({
  origin,
  record,
  isElsewhere = false,
}: {
  readonly origin: Origin;
  readonly record: SessionRecord;
  /** Whether another entry than the one that asked is looked at. */
  readonly isElsewhere?: boolean;
}): ReactElement {
  const { of, path, value, answer, hrefOf, onEnd } = origin;
  return (
    <div className={classes['origin']} role="group" aria-label="Where the value comes from">
      <div className={classes['line']}>
        <h3>
          Where{' '}
          <code>
            <Visible text={path} />
          </code>{' '}
          comes from
        </h3>
        {isElsewhere && of !== null && (
          <Link href={hrefOf(of)} replace>
            Asked for in entry {of}
          </Link>
        )}
        <button type="button" className={classes['end']} onClick={onEnd}>
          Done
        </button>
      </div>
      {answer.isError && <ErrorState error={answer.error} what="where it comes from" />}
      {answer.isPending && <LoadState what="where it comes from" />}
      {answer.data === null && (
        <p className={classes['soft']}>
          It is drawn once what is sealed of the session was opened, and where its pact is here.
        </p>
      )}
      {answer.data != null && of !== null && (
        <>
          <Way trail={answer.data} start={{ of, path, value }} {...{ record, hrefOf }} />
          <ElsewhereLook origin={origin} record={record} />
        </>
      )}
    </div>
  );
}

type Around = {
  readonly record: SessionRecord;
  readonly hrefOf: (index: number) => string;
};

function Way({
  trail,
  start: { of, path, value },
  record,
  hrefOf,
}: Around & {
  readonly trail: Trail;
  readonly start: { readonly of: number; readonly path: string; readonly value: string };
}): ReactElement {
  const { trust, text } = originSummary(trail);
  return (
    <>
      <p className={classes['summary']}>
        <TrustLabel trust={trust}>{TRUST_WORDS[trust]}</TrustLabel> <WithCode text={text} />
      </p>
      <ol className={classes['trail']} aria-label="The way back">
        <Step trust="start">
          <span>
            <EntryLink index={of} hrefOf={hrefOf} /> asks for <Named path={path} value={value} />
          </span>
        </Step>
        {trail.places.map((place) => (
          <PlaceStep key={keyOf(place)} place={place} {...{ record, hrefOf }} />
        ))}
        {trail.places.length === 0 && trail.unseen === 0 && (
          <Step trust="agent">
            <span>
              <TrustLabel trust="agent">the agent’s own</TrustLabel> made up, or put together from
              several
            </span>
          </Step>
        )}
      </ol>
      {trail.places.length > 0 && trail.unseen > 0 && (
        <p className={classes['soft']}>
          It may stand elsewhere as well: {trail.unseen} entries before it are erased or not opened.
        </p>
      )}
      {trail.isCut && <p className={classes['soft']}>It goes on further than is drawn here.</p>}
    </>
  );
}

function keyOf({ index, sources }: TrailPlace): string {
  return `${index} ${sources.join()}`;
}

/** One step of the way; its mark has a shape of its own for each trust. */
function Step({
  trust,
  children,
}: {
  readonly trust: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <li className={classes['step']} data-trust={trust}>
      {children}
    </li>
  );
}

function EntryLink({
  index,
  hrefOf,
}: {
  readonly index: number;
  readonly hrefOf: (index: number) => string;
}): ReactElement {
  return (
    <Link href={hrefOf(index)} replace>
      Entry {index}
    </Link>
  );
}

const LONGEST = 80;

function Named({ path, value }: { readonly path: string; readonly value: string }): ReactElement {
  const text = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return (
    <code className={classes['named']}>
      <Visible text={path} /> = <Visible text={text} />
    </code>
  );
}

function PlaceStep({
  place,
  record,
  hrefOf,
}: Around & { readonly place: TrailPlace }): ReactElement {
  const { index, trust, snippet, call } = place;
  const row = record.rows.find((each) => each.index === index);
  const above = row?.kind === 'session_opened' ? listAt(row.open, 'delegation').at(-1) : undefined;
  const parent = textAt(above, 'session');
  return (
    <Step trust={trust}>
      <span className={classes['line']}>
        <EntryLink index={index} hrefOf={hrefOf} />
        <TrustLabel trust={trust}>{TRUST_WORDS[trust]}</TrustLabel>
        <span className={classes['soft']}>
          <Visible text={broughtBy(place)} />
        </span>
        {parent !== null && (
          <Link href={sessionPlace(parent)}>handed down by {textAt(above, 'agent')}</Link>
        )}
      </span>
      <Snippet snippet={snippet} />
      {call !== null && <CallSteps call={call} {...{ record, hrefOf }} />}
    </Step>
  );
}

/** Who said it, or in which field of which tool’s answer it stood. */
function broughtBy({ sources, trust, call }: TrailPlace): string {
  if (trust === 'principal') return 'the principal said it';
  if (trust === 'session') return 'attested when the session was opened';
  if (call === null) return 'content that came in from elsewhere';
  const field = sources.find((name) => name.startsWith(`${call.tool}:`));
  const within = field === undefined ? '' : `, in its field ${field.slice(call.tool.length + 1)}`;
  return `${call.tool} answered it${within}`;
}

function CallSteps({ call, record, hrefOf }: Around & { readonly call: TrailCall }): ReactElement {
  return (
    <ol className={classes['trail']}>
      <Step trust="call">
        <span>
          <EntryLink index={call.index} hrefOf={hrefOf} /> the agent called{' '}
          <code>
            <Visible text={call.tool} />
          </code>
          {call.args.length === 0 ? ' without arguments' : ' with'}
        </span>
        {call.args.map((arg) => (
          <ArgSteps key={arg.path} arg={arg} {...{ record, hrefOf }} />
        ))}
      </Step>
    </ol>
  );
}

function ArgSteps({ arg, record, hrefOf }: Around & { readonly arg: TrailArg }): ReactElement {
  return (
    <div className={classes['behind']}>
      <span className={classes['line']}>
        <Named path={arg.path} value={arg.value} />
        {arg.places.length === 0 && <TrustLabel trust="agent">made up by the agent</TrustLabel>}
      </span>
      {arg.places.length > 0 && (
        <ol className={classes['trail']}>
          {arg.places.map((place) => (
            <PlaceStep key={keyOf(place)} place={place} {...{ record, hrefOf }} />
          ))}
        </ol>
      )}
    </div>
  );
}
