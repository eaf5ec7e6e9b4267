import { type ReactElement, useState } from 'react';

import {
  type Credential,
  useCredentialRevoking,
  useCredentialRotating,
  useCredentials,
} from '../../data/credentials.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { Fault, TextField } from '../../ui/field.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { CredentialForm } from './credential-form.tsx';

/** The credentials with which the daemon makes calls for agents. */
export function CredentialsTab(): ReactElement {
  const [isAdding, setAdding] = useState(false);
  const close = (): void => setAdding(false);
  return (
    <>
      <p>
        <Button look="primary" onClick={() => setAdding(true)}>
          New credential…
        </Button>
      </p>
      <Answered answer={useCredentials()} what="the credentials">
        {(credentials) =>
          credentials.length === 0 ? (
            <EmptyState title="No credentials" command="plumb credential add --help">
              With one, the daemon makes the call itself, and no agent ever holds the secret.
            </EmptyState>
          ) : (
            <Table
              name="credentials"
              one="credential"
              rows={credentials}
              columns={COLUMNS}
              rowId={({ id }) => id}
              firstOrder="name"
            />
          )
        }
      </Answered>
      <Dialog
        isOpen={isAdding}
        onClose={close}
        title="New credential"
        lead="Its secret goes in here and never comes out again."
      >
        <CredentialForm onClose={close} />
      </Dialog>
    </>
  );
}

const COLUMNS: readonly Column<Credential>[] = [
  {
    id: 'name',
    title: 'Name',
    value: ({ name }) => name,
    show: ({ name }) => <Visible text={name} />,
    width: 100,
    isWide: true,
  },
  {
    id: 'url',
    title: 'Upstream',
    value: ({ url }) => url,
    show: ({ url }) => <Visible text={url} />,
    width: 220,
    isWide: true,
    isUnder: true,
    wideFrom: 620,
  },
  { id: 'access', title: 'Access', value: ({ access }) => access, width: 80, wideFrom: 720 },
  {
    id: 'agents',
    title: 'Agents',
    value: ({ agents }) => agents.join(', '),
    width: 150,
    wideFrom: 860,
  },
  {
    id: 'used',
    title: 'Last used',
    value: ({ usedAt }) => usedAt,
    show: ({ usedAt }) => (usedAt === null ? 'never' : <Time at={usedAt} isInRow />),
    isTime: true,
    width: 150,
    wideFrom: 980,
  },
  {
    id: 'state',
    title: 'State',
    value: ({ revokedAt }) => (revokedAt === null ? 'in force' : 'revoked'),
    show: ({ revokedAt }) => (
      <StatePill tone={revokedAt === null ? 'good' : 'plain'}>
        {revokedAt === null ? 'in force' : 'revoked'}
      </StatePill>
    ),
    width: 98,
  },
  {
    id: 'change',
    title: 'Change',
    value: () => null,
    isAction: true,
    show: (credential) => (credential.revokedAt === null ? <Change of={credential} /> : ''),
    width: 92,
  },
];

function Change({ of: credential }: { readonly of: Credential }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState('');
  const rotating = useCredentialRotating();
  const revoking = useCredentialRevoking();
  const close = (): void => {
    setOpen(false);
    setSecret('');
  };
  const { id, name } = credential;
  return (
    <>
      <Button isSmall onClick={() => setOpen(true)}>
        Change…
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={name} lead="Both count at once.">
        <TextField
          label="Another secret"
          type="password"
          autoComplete="off"
          value={secret}
          onChange={(event) => setSecret(event.target.value)}
        />
        <Fault error={rotating.error ?? revoking.error} />
        <DialogFoot>
          <Button onClick={close}>Cancel</Button>
          <Button
            look="outlined-danger"
            disabled={revoking.isPending}
            onClick={() => revoking.mutate(id, { onSuccess: close })}
          >
            Revoke it
          </Button>
          <Button
            look="primary"
            disabled={secret === '' || rotating.isPending}
            onClick={() => rotating.mutate({ id, secret }, { onSuccess: close })}
          >
            Use this secret
          </Button>
        </DialogFoot>
      </Dialog>
    </>
  );
}
