import type { ReactElement } from 'react';

import { TextField } from '../../ui/field.tsx';

/** The six digits that an authenticator app shows. */
export function CodeField({
  code,
  onCode,
}: {
  readonly code: string;
  readonly onCode: (code: string) => void;
}): ReactElement {
  return (
    <TextField
      label="Code of your app"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      required
      value={code}
      // Apps show the digits in groups, and people paste them so.
      onChange={(event) => onCode(event.target.value.replaceAll(/\s/g, ''))}
    />
  );
}
