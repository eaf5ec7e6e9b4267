import { type ReactElement, useState } from 'react';
import { useLocation } from 'wouter';

import { type PactFiles, type PactRow, useProposePact } from '../../data/pacts.ts';
import { agentPlace } from '../../data/places.ts';
import { Button } from '../../ui/button.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useToast } from '../../ui/toast.tsx';
import classes from './agent.module.css';
import { keepDraft } from './draft.ts';
import { MeaningDiff } from './meaning-diff.tsx';
import { TryDialog } from './try-dialog.tsx';

type Mode = 'publish' | 'shadow';

const WORDS: Readonly<Record<Mode, readonly [title: string, lead: string, action: string]>> = {
  publish: [
    'Publish this pact',
    'It is armed once its self-test passes, or waits for a second person where it takes two.',
    'Publish',
  ],
  shadow: [
    'Run it in the shadow',
    'It decides beside the armed pact and stops nothing; where they differ is recorded.',
    'Run in the shadow',
  ],
};

const SAID: Readonly<Record<PactRow['state'], string>> = {
  armed: 'is armed now',
  proposed: 'waits for another person: Versions, Approve',
  shadow: 'runs in the shadow now',
  earlier: 'is an earlier version',
  withdrawn: 'is withdrawn',
};

type PactButtonsProps = {
  readonly agent: string;
  readonly draft: PactFiles;
  readonly isChanged: boolean;
  /** Whether it was read as it stands, may be armed, and is not the armed one. */
  readonly isReady: boolean;
  readonly onDiscard: () => void;
};

/** What can be done with what is written. */
export function PactButtons(props: PactButtonsProps): ReactElement {
  const { agent, draft, isChanged, isReady, onDiscard } = props;
  const [mode, setMode] = useState<Mode | null>(null);
  const [isTrying, setTrying] = useState(false);
  const save = (): void =>
    saveFile(draft.entry, 'application/yaml', draft.files[draft.entry] ?? '');
  return (
    <div className={classes['buttons']}>
      {isChanged && (
        <Button look="quiet" onClick={onDiscard}>
          Discard changes
        </Button>
      )}
      <Button look="quiet" onClick={save}>
        Save as a file
      </Button>
      <Button disabled={!isReady} onClick={() => setTrying(true)}>
        Try against history…
      </Button>
      <Button disabled={!isReady} onClick={() => setMode('shadow')}>
        Shadow…
      </Button>
      <Button look="primary" disabled={!isReady} onClick={() => setMode('publish')}>
        Publish…
      </Button>
      {isTrying && <TryDialog agent={agent} draft={draft} onClose={() => setTrying(false)} />}
      {mode !== null && (
        <Propose agent={agent} draft={draft} mode={mode} onClose={() => setMode(null)} />
      )}
    </div>
  );
}

function Propose({
  agent,
  draft,
  mode,
  onClose,
}: Pick<PactButtonsProps, 'agent' | 'draft'> & {
  readonly mode: Mode;
  readonly onClose: () => void;
}): ReactElement {
  const order = useProposePact(agent);
  const say = useToast();
  const [, navigate] = useLocation();
  const [title, lead, action] = WORDS[mode];
  const send = (reason: string): void => {
    const onSuccess = ({ state }: PactRow): void => {
      keepDraft(agent, null);
      say({ tone: 'good', text: `The pact of ${agent} ${SAID[state]}.` });
      navigate(agentPlace(agent, 'versions'));
    };
    order.mutate({ ...draft, mode, reason, signatures: [] }, { onSuccess });
  };
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={title}
      lead={lead}
      action={action}
      isBusy={order.isPending}
      error={order.error}
      onReason={send}
    >
      <MeaningDiff agent={agent} after={draft} />
    </ReasonDialog>
  );
}
