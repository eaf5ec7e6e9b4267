import { type ReactElement, useState } from 'react';

import { TextField } from '../ui/field.tsx';
import { EntryForm } from './entry-form.tsx';

/** Signs in by a person's own key, and their second factor where they have one. */
export function KeyForm({
  isFirst,
  isMain,
  onEntered,
}: {
  readonly isFirst: boolean;
  /** Whether no better way is offered. */
  readonly isMain: boolean;
  readonly onEntered: () => void;
}): ReactElement {
  const [key, setKey] = useState('');
  return (
    <EntryForm
      way={{ way: 'key', key: key.trim() }}
      action="Sign in"
      isMain={isMain}
      onEntered={onEntered}
    >
      <TextField
        label="Your key"
        type="password"
        autoComplete="current-password"
        placeholder="plk_…"
        spellCheck={false}
        required
        autoFocus={isFirst}
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
    </EntryForm>
  );
}
