import { type ReactElement, useEffect, useRef } from 'react';

import { type ConsoleSession, type LinkOwner, useLinkOwner } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Visible } from '../ui/code-view.tsx';
import { EntryFault } from './entry-fault.tsx';
import { EntryForm } from './entry-form.tsx';
import classes from './layout.module.css';
import type { CarriedLink } from './take-fragment.ts';
import { useEntry } from './use-entry.ts';

type LinkEntryProps = {
  readonly link: CarriedLink;
  readonly session: ConsoleSession;
  readonly onEntered: () => void;
};

/**
 * Signs in by a one-use link, once it was said whose it is. It does so by itself only where the
 * person opened the link themself and nobody else is signed in: whoever was sent a link must not
 * come to act as somebody else without a word.
 */
export function LinkEntry({ link, session, onEntered }: LinkEntryProps): ReactElement {
  const { mutate: askOwner, data: owner, error } = useLinkOwner();
  const isAsked = useRef(false);
  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    askOwner(link.token);
  });
  const instead = <Instead person={session.person} onPress={onEntered} />;
  if (error !== null) {
    return (
      <div className={classes['form']}>
        <EntryFault error={error} />
        {instead}
      </div>
    );
  }
  if (owner === undefined) return <p role="status">Looking whose link this is…</p>;
  const isOther = session.person !== null && session.person !== owner.person;
  const entering = { link: link.token, owner, onEntered };
  return isOther || link.isLed ? (
    <AskedEntry {...entering} person={session.person} />
  ) : (
    <OwnEntry {...entering} />
  );
}

type Entering = {
  readonly link: string;
  readonly owner: LinkOwner;
  readonly onEntered: () => void;
};

/** Asks first. */
function AskedEntry({
  link,
  owner: { person: of },
  person,
  onEntered,
}: Entering & { readonly person: string | null }): ReactElement {
  return (
    <EntryForm
      way={{ way: 'link', link }}
      action={`Continue as ${of}`}
      onEntered={onEntered}
      instead={<Instead person={person} onPress={onEntered} />}
    >
      <p>
        This link signs you in as{' '}
        <strong>
          <Visible text={of} />
        </strong>
        .{' '}
        {person !== null && (
          <>
            You are signed in as{' '}
            <strong>
              <Visible text={person} />
            </strong>
            .
          </>
        )}
      </p>
      <p className={classes['soft']}>
        Whatever you do then is recorded as done by them. Go on only if that is you.
      </p>
    </EntryForm>
  );
}

/** Uses the link at once, and asks for no more than a second factor. */
function OwnEntry({ link, owner: { person }, onEntered }: Entering): ReactElement {
  const { proofs, error, enter } = useEntry(onEntered);
  const isUsed = useRef(false);
  useEffect(() => {
    // A link is good once: trying it twice would say that it is wrong.
    if (isUsed.current) return;
    isUsed.current = true;
    enter({ way: 'link', link }, { way: 'none' });
  });
  return (
    <div className={classes['form']}>
      <p role="status">
        Signing in as <Visible text={person} /> by the link…
      </p>
      <EntryFault error={error} />
      {proofs !== null && proofs.length > 0 && (
        <EntryForm
          way={{ way: 'link', link }}
          action="Sign in"
          firstProofs={proofs}
          onEntered={onEntered}
        />
      )}
    </div>
  );
}

function Instead({
  person,
  onPress,
}: {
  readonly person: string | null;
  readonly onPress: () => void;
}): ReactElement {
  return (
    <Button onClick={onPress}>
      {person === null ? (
        'Sign in another way'
      ) : (
        <>
          Stay <Visible text={person} />
        </>
      )}
    </Button>
  );
}
