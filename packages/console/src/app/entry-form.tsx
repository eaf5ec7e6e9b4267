import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react';

import { hasPasskeys } from '../data/passkey.ts';
import { Button } from '../ui/button.tsx';
import { CodeField } from '../ui/code-field.tsx';
import { EntryFault } from './entry-fault.tsx';
import classes from './layout.module.css';
import { useEntry } from './use-entry.ts';

type EntryFormProps = {
  /** What somebody came with: a key, or a link. */
  readonly way: Readonly<Record<string, unknown>>;
  /** What the button that sends it says. */
  readonly action: string;
  readonly onEntered: () => void;
  /** Whether its button is the one that the page leads to. */
  readonly isMain?: boolean;
  /** The factors that are known to be wanted already. */
  readonly firstProofs?: readonly string[];
  /** What one comes with, as far as it is typed. */
  readonly children?: ReactNode;
  /** What one can do instead. */
  readonly instead?: ReactNode;
};

/** Signs in with what somebody came with, and asks for a second factor where one is wanted. */
export function EntryForm(props: EntryFormProps): ReactElement {
  const { way, action, onEntered, isMain = true, firstProofs = null, children, instead } = props;
  const [code, setCode] = useState('');
  const { isBusy, proofs, error, enter } = useEntry(onEntered, firstProofs);
  const takesCode = proofs?.includes('totp') === true;
  const takesPasskey = proofs?.includes('webauthn') === true;
  const send = (event: FormEvent): void => {
    event.preventDefault();
    // Apps show the digits in groups, and paste them so.
    const digits = code.replaceAll(/\s/g, '');
    enter(way, takesCode ? { way: 'code', code: digits } : { way: 'none' });
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      {children}
      {takesCode && <CodeField isFirst code={code} onCode={setCode} />}
      <EntryFault error={error} />
      {(takesCode || !takesPasskey) && (
        <Button look={isMain ? 'primary' : 'plain'} type="submit" disabled={isBusy}>
          {isBusy ? 'Signing in…' : action}
        </Button>
      )}
      {takesPasskey && (
        <ByPasskey
          isAlone={!takesCode}
          isBusy={isBusy}
          onPress={() => enter(way, { way: 'passkey' })}
        />
      )}
      {instead}
    </form>
  );
}

function ByPasskey({
  isAlone,
  isBusy,
  onPress,
}: {
  readonly isAlone: boolean;
  readonly isBusy: boolean;
  readonly onPress: () => void;
}): ReactElement {
  if (!hasPasskeys()) {
    return <p role="alert">This takes a passkey, and this browser can ask for none here.</p>;
  }
  return (
    <Button
      look={isAlone ? 'primary' : 'plain'}
      disabled={isBusy}
      autoFocus={isAlone}
      onClick={onPress}
    >
      {isAlone ? 'Go on with your passkey' : 'Use your passkey instead'}
    </Button>
  );
}
