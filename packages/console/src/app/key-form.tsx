import { type FormEvent, type ReactElement, useState } from 'react';

import { Button } from '../ui/button.tsx';
import { Fault, TextField } from '../ui/field.tsx';
import classes from './layout.module.css';
import { useEntry } from './use-entry.ts';

/** Signs in by a person's own key, and the code of their second factor where they have one. */
export function KeyForm({
  isFirst,
  onEntered,
}: {
  readonly isFirst: boolean;
  readonly onEntered: () => void;
}): ReactElement {
  const [key, setKey] = useState('');
  const [code, setCode] = useState('');
  const { isBusy, needsProof, error, enter } = useEntry(onEntered);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    enter({ way: 'key', key: key.trim() }, code.trim());
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      <TextField
        label="Your key"
        type="password"
        autoComplete="current-password"
        placeholder="plk_…"
        required
        autoFocus={isFirst}
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      {needsProof && <CodeField code={code} onChange={setCode} />}
      <Fault error={error} />
      <Button look="primary" type="submit" disabled={isBusy}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}

/** The six digits an authenticator app shows. */
export function CodeField({
  code,
  onChange,
}: {
  readonly code: string;
  readonly onChange: (code: string) => void;
}): ReactElement {
  return (
    <TextField
      label="Code of your second factor"
      hint="The six digits your authenticator shows now."
      inputMode="numeric"
      autoComplete="one-time-code"
      required
      autoFocus
      value={code}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
