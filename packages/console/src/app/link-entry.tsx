import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';

import { Button } from '../ui/button.tsx';
import { Fault } from '../ui/field.tsx';
import { CodeField } from './key-form.tsx';
import classes from './layout.module.css';
import { useEntry } from './use-entry.ts';

/** Signs in by a one-use link as soon as the page is there. */
export function LinkEntry({
  link,
  onEntered,
}: {
  readonly link: string;
  readonly onEntered: () => void;
}): ReactElement {
  const [code, setCode] = useState('');
  const { isBusy, needsProof, error, enter } = useEntry(onEntered);
  const isUsed = useRef(false);
  useEffect(() => {
    // A link is good once: trying it twice would say that it is wrong.
    if (isUsed.current) return;
    isUsed.current = true;
    enter({ way: 'link', link }, '');
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    enter({ way: 'link', link }, code.trim());
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      {isBusy && <p role="status">Signing in by the link…</p>}
      {needsProof && (
        <>
          <CodeField code={code} onChange={setCode} />
          <Button look="primary" type="submit" disabled={isBusy}>
            Sign in
          </Button>
        </>
      )}
      <Fault error={error} />
    </form>
  );
}
