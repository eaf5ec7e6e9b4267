import { type FormEvent, type ReactElement, useState } from 'react';

import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import classes from './undos.module.css';

/** What nothing declares and a person has to say: the missing arguments, as JSON. */
export function FillField({
  missing,
  onFill,
}: {
  readonly missing: readonly string[];
  readonly onFill: (args: Record<string, unknown>) => void;
}): ReactElement {
  const isAny = missing.includes('*');
  const [text, setText] = useState(isAny ? '{}' : JSON.stringify(emptied(missing)));
  const args = parsed(text);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (args !== null) onFill(args);
  };
  return (
    <form className={classes['fill']} onSubmit={send}>
      <TextField
        label={isAny ? 'What it takes, as JSON' : `Missing: ${missing.join(', ')}`}
        value={text}
        aria-invalid={args === null}
        onChange={(event) => setText(event.target.value)}
      />
      <Button isSmall type="submit" disabled={args === null}>
        Fill in
      </Button>
    </form>
  );
}

function emptied(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, '']));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    return null;
  }
}
