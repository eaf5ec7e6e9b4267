import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { Visible } from '../../ui/code-view.tsx';
import { TrustLabel } from '../../ui/marks.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import classes from './trace.module.css';
import { TRUST_WORDS } from './trust-words.ts';
import type { Origin } from './use-origin.ts';
import type { FoundPlace } from './worker/find-places.ts';

/** Where a value of the arguments comes from: each place before, with how far it is trusted. */
export function PlacesList({
  origin: { of, path, answer, hrefOf, onEnd },
  isElsewhere = false,
}: {
  readonly origin: Origin;
  /** Whether another entry than the one that asked is looked at. */
  readonly isElsewhere?: boolean;
}): ReactElement {
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
      {answer.data != null && <Places places={answer.data} hrefOf={hrefOf} />}
    </div>
  );
}

function Places({
  places,
  hrefOf,
}: {
  readonly places: readonly FoundPlace[];
  readonly hrefOf: (index: number) => string;
}): ReactElement {
  if (places.length === 0) {
    return (
      <p>
        It stands in nothing that the session saw before: <TrustLabel trust="agent" /> made it up.
      </p>
    );
  }
  return (
    <ol className={classes['places']}>
      {places.map((place) => (
        <li key={`${place.index} ${place.sources.join()}`}>
          <Link href={hrefOf(place.index)} replace>
            Entry {place.index}
          </Link>{' '}
          <TrustLabel trust={place.trust}>{TRUST_WORDS[place.trust]}</TrustLabel>{' '}
          <span className={classes['soft']}>
            <Visible text={namesOf(place)} />
          </span>
          <Snippet place={place} />
        </li>
      ))}
    </ol>
  );
}

/** The tool and the field, without the words that the label says already. */
function namesOf({ sources, trust }: FoundPlace): string {
  return sources.filter((name) => name !== trust && name !== 'trusted').join(', ');
}

function Snippet({ place: { snippet } }: { readonly place: FoundPlace }): ReactElement | null {
  if (snippet === null) return null;
  return (
    <blockquote className={classes['snippet']}>
      <Visible text={snippet.before} />
      <mark>
        <Visible text={snippet.value} />
      </mark>
      <Visible text={snippet.after} />
    </blockquote>
  );
}
