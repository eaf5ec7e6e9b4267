import { type FormEvent, type ReactElement, useState } from 'react';

import { type CredentialOrder, useCredentialAdding } from '../../data/credentials.ts';
import { Button } from '../../ui/button.tsx';
import { DialogFoot } from '../../ui/dialog.tsx';
import { Fault, SelectField, TextField } from '../../ui/field.tsx';
import classes from './settings.module.css';

const PLACES = [
  ['bearer', 'Authorization: Bearer'],
  ['basic', 'Authorization: Basic'],
  ['header', 'a header'],
  ['query', 'a query parameter'],
] as const;
type Place = (typeof PLACES)[number][0];

/** Asks for a credential and has the daemon keep it. */
export function CredentialForm({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [asked, setAsked] = useState({ name: '', url: '', agents: '', parameter: '', secret: '' });
  const [access, setAccess] = useState<CredentialOrder['access']>('read');
  const [place, setPlace] = useState<Place>('bearer');
  const adding = useCredentialAdding();
  const field = (member: keyof typeof asked) => ({
    value: asked[member],
    required: true,
    onChange: (event: { readonly target: { readonly value: string } }) =>
      setAsked({ ...asked, [member]: event.target.value }),
  });
  const isNamed = place === 'header' || place === 'query';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const { name, url, secret, parameter } = asked;
    const inject =
      place === 'header' || place === 'query' ? { kind: place, name: parameter } : { kind: place };
    const agents = asked.agents.split(/[\s,]+/).filter((agent) => agent !== '');
    adding.mutate({ name, url, access, inject, agents, secret }, { onSuccess: onClose });
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      <TextField label="Name" {...field('name')} />
      <TextField label="Address of the upstream" type="url" {...field('url')} />
      <TextField label="Agents" hint="The ids of those it is for." {...field('agents')} />
      <SelectField
        label="For"
        value={access}
        options={[
          ['read', 'reading'],
          ['write', 'everything else'],
        ]}
        onChange={(event) => setAccess(event.target.value === 'write' ? 'write' : 'read')}
      />
      <SelectField
        label="Sent as"
        value={place}
        options={PLACES}
        onChange={(event) =>
          setPlace(PLACES.find(([one]) => one === event.target.value)?.[0] ?? 'bearer')
        }
      />
      {isNamed && <TextField label="Its name" {...field('parameter')} />}
      <TextField label="Secret" type="password" autoComplete="off" {...field('secret')} />
      <Fault error={adding.error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={adding.isPending}>
          Keep it
        </Button>
      </DialogFoot>
    </form>
  );
}
