import type { ReactElement } from 'react';

import { TextField } from './field.tsx';

type CodeFieldProps = {
  readonly label?: string;
  readonly isFirst?: boolean;
  readonly code: string;
  readonly onCode: (code: string) => void;
};

/** The six digits that an authenticator app shows. */
export function CodeField({
  label = 'Code of your second factor',
  isFirst = false,
  code,
  onCode,
}: CodeFieldProps): ReactElement {
  return (
    <TextField
      label={label}
      hint="The six digits your authenticator app shows now."
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]{6}"
      required
      autoFocus={isFirst}
      value={code}
      // Apps show the digits in groups, and people paste them so.
      onChange={(event) => onCode(event.target.value.replaceAll(/\s/g, ''))}
    />
  );
}
