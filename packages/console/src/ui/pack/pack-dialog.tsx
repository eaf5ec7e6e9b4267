import { type ReactElement, type ReactNode, useState } from 'react';

import { type EventFilters, useLogStatus } from '../../data/log.ts';
import { usePackPlan } from '../../data/packs.ts';
import { messageOf, nextStep } from '../../data/problem.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../button.tsx';
import { CommandLine } from '../command-line.tsx';
import { Dialog, DialogFoot } from '../dialog.tsx';
import { Meter } from '../meter.tsx';
import { sizeText } from '../size-text.ts';
import { WithCode } from '../with-code.tsx';
import { type Asking, ChoiceFields, type PackChoice, useAsked } from './pack-choice.tsx';
import classes from './pack.module.css';
import { planText } from './pack-words.ts';
import { type Download, useDownload } from './use-download.ts';

type PackDialogProps = {
  readonly onClose: () => void;
  readonly session: string;
  readonly agent: string;
  readonly listed: EventFilters | null;
};

const LEAD =
  'One file that proves what happened to somebody who has neither this daemon nor its log: whole ' +
  'sessions, with what stands of their agents, a proof of each entry, and the pacts.';

/** Downloads an evidence pack: which sessions, with or without what is sealed. */
export function PackDialog({ onClose, session, agent, listed }: PackDialogProps): ReactElement {
  const [choice, setChoice] = useState<PackChoice>({
    what: session !== '' ? 'session' : listed === null ? 'agent' : 'listed',
    session,
    agent,
    from: '',
    until: '',
  });
  const [isOpened, setOpened] = useState(false);
  const asking = useAsked(choice, listed);
  const plan = usePackPlan(asking.asked);
  const download = useDownload();
  const { state } = download;
  const close = (): void => {
    download.stop();
    onClose();
  };
  const isReady = asking.asked !== null && plan.data !== undefined && state.kind !== 'running';
  const order = { ...asking.asked, opened: isOpened };
  return (
    <Dialog isOpen onClose={close} title="Download a pack" lead={LEAD}>
      <ChoiceFields choice={choice} isListed={listed !== null} onChange={setChoice} />
      <SealedField isOpened={isOpened} onChange={setOpened} />
      <Planned asking={asking} plan={plan} isOpened={isOpened} />
      <Progress state={state} most={plan.data?.bytes[isOpened ? 'opened' : 'closed'] ?? null} />
      <HowToCheck file={state.kind === 'done' ? state.name : 'evidence.tar.gz'} />
      <DialogFoot>
        {state.kind === 'running' && <Button onClick={download.stop}>Stop</Button>}
        <Button onClick={close}>{state.kind === 'done' ? 'Done' : 'Cancel'}</Button>
        <Button look="primary" disabled={!isReady} onClick={() => download.start(order)}>
          {state.kind === 'running' ? 'Downloading…' : 'Download'}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

/** Whoever may not read what is sealed is told that it stays so. */
function SealedField({
  isOpened,
  onChange,
}: {
  readonly isOpened: boolean;
  readonly onChange: (isOpened: boolean) => void;
}): ReactElement {
  if (!useMay('read-sealed')) {
    return (
      <p className={classes['soft']}>
        What people and tools said stays sealed in it: your role does not open that.
      </p>
    );
  }
  return (
    <div>
      <label className={classes['check']}>
        <input
          type="checkbox"
          checked={isOpened}
          onChange={(event) => onChange(event.target.checked)}
        />
        With what is sealed
      </label>
      <p className={classes['soft']}>
        Whoever gets the file can then read messages, arguments and results of these sessions, also
        after their people are erased here. That you read them is recorded.
      </p>
    </div>
  );
}

function Planned({
  asking: { asked, error: lookup },
  plan: { data, error },
  isOpened,
}: {
  readonly asking: Asking;
  readonly plan: ReturnType<typeof usePackPlan>;
  readonly isOpened: boolean;
}): ReactElement {
  const fault = lookup ?? error;
  if (fault !== null) {
    return (
      <p role="alert">
        <WithCode text={messageOf(fault)} />. Next: {nextStep(fault)}.
      </p>
    );
  }
  const waiting = asked === null ? 'Choose what the pack shall hold.' : 'Looking what it holds…';
  return (
    <p role="status">{data === undefined || asked === null ? waiting : planText(data, isOpened)}</p>
  );
}

function Progress({
  state,
  most,
}: {
  readonly state: Download;
  readonly most: number | null;
}): ReactNode {
  if (state.kind === 'idle') return null;
  if (state.kind === 'failed') {
    return (
      <p role="alert">
        The pack was not saved: <WithCode text={messageOf(state.error)} />. Next:{' '}
        {nextStep(state.error)}.
      </p>
    );
  }
  if (state.kind === 'done') {
    return (
      <p role="status">
        Saved <code>{state.name}</code>, {sizeText(state.bytes)}.
      </p>
    );
  }
  const text = `${sizeText(state.bytes)} so far`;
  // The size is estimated, so that the bar never says it is done before it is.
  const part = most === null || state.bytes === 0 ? null : Math.min(0.95, state.bytes / most);
  return (
    <div className={classes['stack']}>
      <Meter role="progressbar" label="Downloading the pack" part={part} text={text} />
      <p role="status">{text}</p>
    </div>
  );
}

function HowToCheck({ file }: { readonly file: string }): ReactElement {
  const key = useLogStatus().data?.verifierKey;
  const trusted = key === undefined ? '' : ` --key '${key}'`;
  return (
    <details className={classes['stack']}>
      <summary>What it is good for, and how to check it</summary>
      <ul className={classes['points']}>
        <li>
          It shows that these entries stand in the log, in this order, and that nobody changed them.
        </li>
        <li>It does not show that the log holds nothing else about the matter.</li>
        <li>
          Whoever gets it checks it anywhere: with <code>plumb</code> as below, or with common tools
          as its <code>VERIFY.md</code> says.
        </li>
        <li>They compare the log’s key with one that came to them another way than the file.</li>
      </ul>
      <CommandLine text={`plumb verify ${file}${trusted}`} />
    </details>
  );
}
