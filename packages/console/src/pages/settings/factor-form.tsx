import { type FormEvent, type ReactElement, useState } from 'react';
import { renderSVG } from 'uqr';

import {
  askAuthenticator,
  type BegunFactor,
  type Factor,
  type FactorAnswer,
  useFactorBegin,
  useFactorConfirm,
} from '../../data/factors.ts';
import type { Proving } from '../../data/proofs.ts';
import { Button } from '../../ui/button.tsx';
import { DialogFoot } from '../../ui/dialog.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { Fault, SelectField, TextField } from '../../ui/field.tsx';
import { ProofFields } from '../../ui/proof-fields.tsx';
import classes from './settings.module.css';

/** Begins a factor and has it confirmed. */
export function FactorForm({
  has,
  onClose,
}: {
  readonly has: readonly Factor[];
  readonly onClose: () => void;
}): ReactElement {
  const [begun, setBegun] = useState<BegunFactor | null>(null);
  const confirm = useFactorConfirm();
  const send = (answer: FactorAnswer): void => {
    if (begun !== null) confirm.mutate({ id: begun.id, answer }, { onSuccess: onClose });
  };
  if (begun === null) return <Begin has={has} onBegun={setBegun} onClose={onClose} />;
  const asked = { begun, isBusy: confirm.isPending, error: confirm.error, onAnswer: send, onClose };
  return begun.kind === 'totp' ? <ConfirmApp {...asked} /> : <ConfirmKey {...asked} />;
}

function Begin({
  has,
  onBegun,
  onClose,
}: {
  readonly has: readonly Factor[];
  readonly onBegun: (begun: BegunFactor) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [kind, setKind] = useState<Factor['kind']>('totp');
  const [name, setName] = useState('');
  const [proving, setProving] = useState<Proving | null>(null);
  const begin = useFactorBegin();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    begin.mutate({ kind, name: name.trim(), proving }, { onSuccess: onBegun });
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      <SelectField
        label="What"
        value={kind}
        options={[
          ['totp', 'an authenticator app'],
          ['webauthn', 'a passkey or a security key'],
        ]}
        onChange={(event) => setKind(event.target.value === 'webauthn' ? 'webauthn' : 'totp')}
      />
      <TextField
        label="Name"
        placeholder="my phone"
        value={name}
        required
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      {has.length > 0 && <ProofFields proving={proving} onChange={setProving} />}
      <Fault error={begin.error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={begin.isPending}>
          Go on
        </Button>
      </DialogFoot>
    </form>
  );
}

type Confirming = {
  readonly begun: BegunFactor;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onAnswer: (answer: FactorAnswer) => void;
  readonly onClose: () => void;
};

function ConfirmApp({ begun, isBusy, error, onAnswer, onClose }: Confirming): ReactElement {
  const [code, setCode] = useState('');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onAnswer({ code });
  };
  const picture = `data:image/svg+xml,${encodeURIComponent(renderSVG(begun.uri ?? ''))}`;
  return (
    <form onSubmit={send} className={classes['form']}>
      <p>Scan this with the app, or type its secret there. Neither is shown again.</p>
      <img className={classes['code']} src={picture} alt="QR code of the secret" />
      <p>
        <code>{begun.secret}</code>
      </p>
      <CodeField label="Code of your app" code={code} onCode={setCode} />
      <Fault error={error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={isBusy || !/^[0-9]{6}$/.test(code)}>
          Confirm
        </Button>
      </DialogFoot>
    </form>
  );
}

function ConfirmKey({ begun, isBusy, error, onAnswer, onClose }: Confirming): ReactElement {
  const [fault, setFault] = useState<unknown>(null);
  const ask = (): void => {
    setFault(null);
    askAuthenticator(begun.options).then((response) => onAnswer({ response }), setFault);
  };
  return (
    <div className={classes['form']}>
      <p>Your browser will ask for the passkey or the key, and for your PIN or finger.</p>
      <Fault error={fault ?? error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" disabled={isBusy} onClick={ask}>
          Ask my authenticator
        </Button>
      </DialogFoot>
    </div>
  );
}
