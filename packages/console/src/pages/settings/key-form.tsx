import { type FormEvent, type ReactElement, useState } from 'react';

import { type Key, type MadeKey, useKeyMaking } from '../../data/keys.ts';
import { Button } from '../../ui/button.tsx';
import { DialogFoot } from '../../ui/dialog.tsx';
import { Fault, SelectField, TextField } from '../../ui/field.tsx';
import classes from './settings.module.css';

const KINDS = [
  ['person', 'a person'],
  ['agent', 'the enforcement point of an agent'],
  ['opener', 'an orchestrator that opens sessions'],
  ['service', 'a machine with scopes'],
] as const;
const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
const SCOPES = ['read', 'measure', 'halt', 'lock'] as const;

/** Asks what a new key is to be, and makes it. */
export function KeyForm({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (made: MadeKey) => void;
}): ReactElement {
  const [kind, setKind] = useState<Key['kind']>('person');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [agents, setAgents] = useState('');
  const [may, setMay] = useState<ReadonlySet<string>>(new Set());
  const making = useKeyMaking();
  const named = agents.split(/[\s,]+/).filter((agent) => agent !== '');
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const order = {
      kind,
      name: name.trim(),
      email: email.trim() === '' ? null : email.trim(),
      roles: ROLES.filter((role) => may.has(role)),
      scopes: SCOPES.filter((scope) => may.has(scope)),
      agents: named.length === 0 ? null : named,
    };
    making.mutate(order, { onSuccess: onMade });
  };
  return (
    <form onSubmit={send} className={classes['form']}>
      <KindField
        kind={kind}
        onKind={(chosen) => {
          setKind(chosen);
          setMay(new Set());
        }}
      />
      <TextField
        label="Name"
        value={name}
        required
        maxLength={256}
        onChange={(event) => setName(event.target.value)}
      />
      {kind === 'person' && (
        <TextField
          label="Address"
          type="email"
          hint="What the approvers of a pact are named by."
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      )}
      {kind === 'person' && <Choices label="Roles" of={ROLES} chosen={may} onChoose={setMay} />}
      {kind === 'service' && <Choices label="Scopes" of={SCOPES} chosen={may} onChoose={setMay} />}
      <TextField
        label="Agents"
        hint={kind === 'agent' ? 'The one agent it is for.' : 'Their ids; left empty, every agent.'}
        value={agents}
        required={kind === 'agent'}
        onChange={(event) => setAgents(event.target.value)}
      />
      <Fault error={making.error} />
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" type="submit" disabled={making.isPending}>
          Make the key
        </Button>
      </DialogFoot>
    </form>
  );
}

function KindField({
  kind,
  onKind,
}: {
  readonly kind: Key['kind'];
  readonly onKind: (kind: Key['kind']) => void;
}): ReactElement {
  return (
    <SelectField
      label="For"
      value={kind}
      options={KINDS}
      onChange={({ target }) => onKind(KINDS.find(([one]) => one === target.value)?.[0] ?? kind)}
    />
  );
}

function Choices({
  label,
  of: names,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly of: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}): ReactElement {
  const turn = (name: string): void => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChoose(next);
  };
  return (
    <fieldset className={classes['choices']}>
      <legend>{label}</legend>
      {names.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={chosen.has(name)} onChange={() => turn(name)} /> {name}
        </label>
      ))}
    </fieldset>
  );
}
