import { type ReactElement, useState } from 'react';
import { useLocation } from 'wouter';

import { type PactRow, usePactHistory, useProposePact } from '../../../data/pacts.ts';
import { agentPlace } from '../../../data/places.ts';
import { Button } from '../../../ui/button.tsx';
import { ReasonDialog } from '../../../ui/reason-dialog.tsx';
import { LoadState } from '../../../ui/states.tsx';
import { useToast } from '../../../ui/toast.tsx';
import classes from '../agent.module.css';
import { MeaningDiff } from '../meaning-diff.tsx';
import { SignPanel } from '../sign/sign-panel.tsx';
import { TryDialog } from '../try-dialog.tsx';
import type { Draft } from './draft.ts';
import { onlyUsed } from './file-set.ts';

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
  readonly draft: Draft;
  readonly isChanged: boolean;
  /** The digest of what was read as it stands and may be armed; null: not yet. */
  readonly digest: string | null;
  /** The files the pact reads: only they are published. */
  readonly used: readonly string[];
  /** How many of its cases do not pass. */
  readonly failed: number;
  /** Why it is not to be published as it is, where it can be tried all the same. */
  readonly obstacle: string | null;
  readonly onDiscard: () => void;
  readonly onPublished: () => void;
};

/** What can be done with what is written. */
export function PactButtons(props: PactButtonsProps): ReactElement {
  const { agent, draft, isChanged, digest, used, obstacle, onDiscard } = props;
  const [mode, setMode] = useState<Mode | null>(null);
  const [isTrying, setTrying] = useState(false);
  const isReady = digest !== null;
  const mayPublish = isReady && obstacle === null;
  return (
    <div className={classes['buttons']}>
      {isChanged && (
        <Button look="quiet" onClick={onDiscard}>
          Discard changes
        </Button>
      )}
      <Button disabled={!isReady} onClick={() => setTrying(true)}>
        Try against history…
      </Button>
      <Button disabled={!mayPublish} onClick={() => setMode('shadow')}>
        Shadow…
      </Button>
      <Button look="primary" disabled={!mayPublish} onClick={() => setMode('publish')}>
        Publish…
      </Button>
      {isTrying && (
        <TryDialog agent={agent} draft={onlyUsed(draft, used)} onClose={() => setTrying(false)} />
      )}
      {mode !== null && digest !== null && (
        <Propose {...props} digest={digest} mode={mode} onClose={() => setMode(null)} />
      )}
    </div>
  );
}

type ProposeProps = PactButtonsProps & {
  readonly digest: string;
  readonly mode: Mode;
  readonly onClose: () => void;
};

function Propose(props: ProposeProps): ReactElement {
  const { agent, draft, digest, used, failed, mode, onClose, onPublished } = props;
  const [sent] = useState(() => onlyUsed(draft, used));
  const rule = usePactHistory(agent).data?.publishing;
  const [signatures, setSignatures] = useState<readonly string[]>([]);
  const [isSigned, setSigned] = useState(false);
  const order = useProposePact(agent);
  const say = useToast();
  const [, navigate] = useLocation();
  const [title, lead, action] = WORDS[mode];
  const takesSigners = mode === 'publish' && (rule?.signers.length ?? 0) > 0;
  const send = (reason: string): void => {
    const onSuccess = ({ state }: PactRow): void => {
      onPublished();
      say({ tone: 'good', text: `The pact of ${agent} ${SAID[state]}.` });
      navigate(agentPlace(agent, 'versions'));
    };
    order.mutate({ ...sent, mode, reason, signatures, base: draft.base }, { onSuccess });
  };
  const left = Object.keys(draft.files).filter((name) => sent.files[name] === undefined);
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={title}
      lead={lead}
      action={action}
      isReady={rule !== undefined && (!takesSigners || isSigned)}
      isBusy={order.isPending}
      error={order.error}
      onReason={send}
    >
      <MeaningDiff agent={agent} after={sent} />
      {failed > 0 && (
        <p className={classes['owed']}>
          {failed} of its cases {failed === 1 ? 'does' : 'do'} not pass. It can be published all the
          same.
        </p>
      )}
      {left.length > 0 && (
        <p className={classes['soft']}>Left out, since nothing names it: {left.join(', ')}.</p>
      )}
      {rule === undefined && <LoadState what="what publishing takes" />}
      {rule !== undefined && takesSigners && (
        <SignPanel
          of={{ agent, digest }}
          entry={sent.entry}
          rule={rule}
          signatures={signatures}
          onSignatures={setSignatures}
          onState={setSigned}
        />
      )}
    </ReasonDialog>
  );
}
