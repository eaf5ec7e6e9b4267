import { type ReactElement, useState } from 'react';

import { type Key, type MadeKey, useKeyRevoking, useKeys } from '../../data/keys.ts';
import { messageOf } from '../../data/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Dialog, DialogFoot } from '../../ui/dialog.tsx';
import { Fault } from '../../ui/field.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { Answered } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import { KeyForm } from './key-form.tsx';
import { SecretShown } from './secret-shown.tsx';

/** Every key: for whom, what it may, and the button that revokes it. */
export function PeopleTab(): ReactElement {
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const close = (): void => {
    setMaking(false);
    setMade(null);
  };
  return (
    <>
      <p>
        <Button look="primary" onClick={() => setMaking(true)}>
          New key…
        </Button>
      </p>
      <Answered answer={useKeys()} what="the keys">
        {(keys) => (
          <Table
            name="keys"
            one="key"
            rows={keys}
            columns={COLUMNS}
            rowId={({ id }) => id}
            firstOrder="-added"
          />
        )}
      </Answered>
      <Dialog
        isOpen={isMaking}
        onClose={close}
        title="New key"
        lead="Its secret is shown once, and kept by nobody but its holder."
      >
        {made === null ? (
          <KeyForm onClose={close} onMade={setMade} />
        ) : (
          <SecretShown what={`key of ${made.key.name}`} secret={made.token} onClose={close} />
        )}
      </Dialog>
    </>
  );
}

function stateOf({ expiresAt, revokedAt }: Key): 'in force' | 'revoked' | 'ran out' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= Date.now() ? 'ran out' : 'in force';
}

const COLUMNS: readonly Column<Key>[] = [
  {
    id: 'name',
    title: 'Name',
    value: ({ name }) => name,
    show: ({ name }) => <Visible text={name} />,
    width: 100,
    isWide: true,
  },
  { id: 'kind', title: 'Kind', value: ({ kind }) => kind, width: 90, isUnder: true, wideFrom: 480 },
  {
    id: 'may',
    title: 'Roles and scopes',
    value: ({ roles, scopes }) => [...roles, ...scopes].join(', '),
    width: 170,
    isUnder: true,
    wideFrom: 620,
  },
  {
    id: 'agents',
    title: 'Agents',
    value: ({ agents }) => (agents === null ? 'every agent' : agents.join(', ')),
    width: 150,
    isWide: true,
    wideFrom: 860,
  },
  {
    id: 'email',
    title: 'Address',
    value: ({ email }) => email,
    show: ({ email }) => <Visible text={email ?? ''} />,
    width: 180,
    isWide: true,
    wideFrom: 980,
  },
  {
    id: 'state',
    title: 'State',
    value: stateOf,
    show: (key) => (
      <StatePill tone={stateOf(key) === 'in force' ? 'good' : 'plain'}>{stateOf(key)}</StatePill>
    ),
    width: 98,
  },
  {
    id: 'added',
    title: 'Made',
    value: ({ addedAt }) => addedAt,
    show: ({ addedAt }) => <Time at={addedAt} isInRow />,
    isTime: true,
    width: 150,
    wideFrom: 1100,
  },
  {
    id: 'revoke',
    title: 'Revoke',
    value: () => null,
    isAction: true,
    show: (key) => (key.revokedAt === null ? <Revoke of={key} /> : ''),
    width: 86,
  },
];

function Revoke({ of: key }: { readonly of: Key }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const revoking = useKeyRevoking();
  const say = useToast();
  const revoke = (): void =>
    revoking.mutate(key.id, {
      onSuccess: () => {
        setOpen(false);
        say({ tone: 'good', text: `Revoked the key of ${key.name}` });
      },
      onError: (error) => say({ tone: 'danger', text: messageOf(error) }),
    });
  return (
    <>
      <Button isSmall look="outlined-danger" onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Revoke this key?"
        lead={`Whatever uses the key of ${key.name} is refused from then on, for good.`}
      >
        <Fault error={revoking.error} />
        <DialogFoot>
          <Button onClick={() => setOpen(false)}>Cancel</Button>
          <Button look="danger" disabled={revoking.isPending} onClick={revoke}>
            Revoke the key
          </Button>
        </DialogFoot>
      </Dialog>
    </>
  );
}
