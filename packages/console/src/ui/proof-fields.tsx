import { type ReactElement, useEffect } from 'react';

import { useFactors } from '../data/factors.ts';
import type { Proving } from '../data/proofs.ts';
import { SelectField, TextField } from './field.tsx';

const WAYS = [
  ['code', 'a code of my authenticator app'],
  ['passkey', 'my passkey or security key'],
] as const;

type ProofFieldsProps = {
  readonly proving: Proving | null;
  readonly onChange: (proving: Proving) => void;
};

/** How the reader proves a second factor: the digits of an app, or a touch when they send. */
export function ProofFields({ proving, onChange }: ProofFieldsProps): ReactElement {
  const { data, isError } = useFactors();
  const factors = data?.rows ?? [];
  // Before it is known what the reader has, nothing is chosen for them.
  const isKnown = data !== undefined || isError;
  const hasPasskey = factors.some(({ kind }) => kind === 'webauthn');
  const hasCode = factors.some(({ kind }) => kind === 'totp') || !hasPasskey;
  const first = hasPasskey && !hasCode ? 'passkey' : 'code';
  const way = proving?.way ?? first;
  useEffect(() => {
    if (isKnown && proving === null)
      onChange(first === 'code' ? { way: 'code', code: '' } : { way: first });
  }, [isKnown, proving, first, onChange]);
  const choose = (chosen: string): void =>
    onChange(chosen === 'passkey' ? { way: 'passkey' } : { way: 'code', code: '' });
  if (!isKnown) return <p role="status">Looking what you can prove it by…</p>;
  return (
    <>
      {hasPasskey && hasCode && (
        <SelectField
          label="Prove it is you by"
          options={WAYS}
          value={way}
          onChange={(event) => choose(event.target.value)}
        />
      )}
      {way === 'code' ? (
        <TextField
          label="Code of your second factor"
          hint="The six digits your authenticator app shows now."
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          required
          autoFocus
          value={proving?.way === 'code' ? proving.code : ''}
          onChange={(event) => onChange({ way: 'code', code: digitsOf(event.target.value) })}
        />
      ) : (
        <p>Your browser asks for your passkey or security key when you send.</p>
      )}
    </>
  );
}

/** Apps show the digits in groups, and people paste them so. */
function digitsOf(text: string): string {
  return text.replaceAll(/\s/g, '');
}
