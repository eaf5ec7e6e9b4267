import { type ReactElement, useEffect } from 'react';

import { useFactors } from '../data/factors.ts';
import type { Proving } from '../data/proofs.ts';
import { CodeField } from './code-field.tsx';
import { SelectField } from './field.tsx';

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
        <CodeField
          isFirst
          code={proving?.way === 'code' ? proving.code : ''}
          onCode={(code) => onChange({ way: 'code', code })}
        />
      ) : (
        <p>Your browser asks for your passkey or security key when you send.</p>
      )}
    </>
  );
}
