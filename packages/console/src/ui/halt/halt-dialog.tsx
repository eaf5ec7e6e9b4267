import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';

import { type HaltTarget, useHaltOrder } from '../../data/halts.ts';
import { SelectField, TextField } from '../field.tsx';
import { ReasonDialog } from '../reason-dialog.tsx';
import { useToast } from '../toast.tsx';
import { stopsText, targetText } from './halt-words.ts';

type HaltDialogProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What is meant at first; the reader may choose another part. */
  readonly first: HaltTarget;
  /** The agents there are to choose from, or none where the page has named one. */
  readonly agents?: readonly string[];
};

const FLEET = '';
const SCOPES = [
  ['agent', 'everything it does'],
  ['session', 'one session'],
  ['room', 'one room'],
  ['tool', 'one tool'],
  ['task', 'one task'],
] as const;

/** Halts an agent, a part of what it does, or all of them, with a reason. */
export function HaltDialog({ isOpen, onClose, first, agents }: HaltDialogProps): ReactElement {
  const [target, setTarget] = useState(first);
  const order = useHaltOrder();
  const say = useToast();
  const close = (): void => {
    setTarget(first);
    order.reset();
    onClose();
  };
  const halt = (reason: string): void => {
    order.mutate(
      { ...target, reason },
      {
        onSuccess: ({ halt: id, warning }) => {
          const link = <Link href={`/halts/${id}`}>See how far it is</Link>;
          const text = `Halted ${targetText(target)}.${warning === null ? '' : ` ${warning}`}`;
          say({ tone: warning === null ? 'good' : 'warn', text, link });
          close();
        },
      },
    );
  };
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={close}
      title={`Halt ${targetText(target)}`}
      lead={stopsText(target)}
      action={`Halt ${targetText(target)}`}
      isDanger
      isBusy={order.isPending}
      error={order.error}
      onReason={halt}
    >
      <TargetFields target={target} agents={agents ?? []} onChange={setTarget} />
    </ReasonDialog>
  );
}

function TargetFields({
  target,
  agents,
  onChange,
}: {
  readonly target: HaltTarget;
  readonly agents: readonly string[];
  readonly onChange: (target: HaltTarget) => void;
}): ReactElement {
  const chooseAgent = (name: string): void =>
    onChange(
      name === FLEET
        ? { agent: null, scope: 'fleet', target: null }
        : { agent: name, scope: 'agent', target: null },
    );
  const chooseScope = (name: string): void => {
    const scope = SCOPES.find(([each]) => each === name)?.[0] ?? 'agent';
    onChange({ ...target, scope, target: scope === 'agent' ? null : '' });
  };
  const hasPart = target.scope !== 'agent' && target.scope !== 'fleet';
  return (
    <>
      {agents.length > 0 && (
        <SelectField
          label="Which agent"
          value={target.agent ?? FLEET}
          options={[[FLEET, 'every agent'], ...agents.map((name) => [name, name] as const)]}
          onChange={(event) => chooseAgent(event.target.value)}
        />
      )}
      {target.agent !== null && (
        <SelectField
          label="What of it"
          value={target.scope}
          options={SCOPES}
          onChange={(event) => chooseScope(event.target.value)}
        />
      )}
      {hasPart && (
        <TextField
          label={`Which ${target.scope}`}
          required
          value={target.target ?? ''}
          onChange={(event) => onChange({ ...target, target: event.target.value })}
        />
      )}
    </>
  );
}
