import type { ReactElement } from 'react';

import { usePact } from '../../data/pacts.ts';
import type { TraceRow } from '../../data/traces.ts';
import { Visible } from '../../ui/code-view.tsx';
import { StatePill, Verdict } from '../../ui/marks.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import { isVerdict, listAt, textAt } from './open-part.ts';
import { WithCode } from '../../ui/with-code.tsx';
import { STAGE_WORDS } from './stage-words.ts';
import { STANDING_WORDS } from './standing-words.ts';
import classes from './trace.module.css';
import { useWorker } from './use-record.ts';
import type { Explained, Step } from './worker/explain-decision.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** Why a decision went as it did: what decided, and every rule in the order tried. */
export function Why({
  record,
  row,
}: {
  readonly record: SessionRecord;
  readonly row: TraceRow;
}): ReactElement {
  const digest = textAt(row.open, 'pact');
  const sources = usePact(record.agent, digest);
  const pact = sources.data ?? null;
  const isOpen = row.secret !== null;
  const asked = pact === null || !isOpen ? null : { pact, index: row.index };
  const explained = useWorker(record, 'explain', asked);
  if (!isOpen) return <OpenWhy record={record} row={row} />;
  const error = sources.error ?? explained.error;
  if (error !== null) return <ErrorState error={error} what="the explanation" />;
  if (explained.data == null) return <LoadState what="the explanation" />;
  return <Told explained={explained.data} />;
}

function Told({ explained }: { readonly explained: Explained }): ReactElement {
  const { standing, why, summary, steps, flips } = explained;
  const [tone, word] = STANDING_WORDS[standing];
  return (
    <>
      <p className={classes['summary']}>
        <WithCode text={summary} />
      </p>
      <p className={classes['line']}>
        <StatePill tone={tone}>{word}</StatePill>
        <span className={classes['soft']}>
          {standing === 'recomputed'
            ? 'Made again in this browser from what was recorded: the same decision.'
            : `Made again in this browser: ${why}.`}
        </span>
      </p>
      <h3>Rules, in the order tried</h3>
      <StepList steps={steps} />
      {flips.length > 0 && (
        <>
          <h3>It would have gone otherwise if</h3>
          <ul className={classes['flips']}>
            {flips.map((flip) => (
              <li key={flip}>
                <WithCode text={flip} />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** What stands openly: which rules found what. What they saw is sealed. */
function OpenWhy({
  record,
  row,
}: {
  readonly record: SessionRecord;
  readonly row: TraceRow;
}): ReactElement {
  const tool = textAt(row.open, 'tool');
  const pact = usePact(record.agent, textAt(row.open, 'pact')).data ?? null;
  const rules = useWorker(record, 'rules', pact === null || tool === null ? null : { pact, tool });
  const found = listAt(row.open, 'findings').map(openStep);
  const names = new Set(found.map(({ stage, rule }) => `${stage} ${rule}`));
  const others = (rules.data ?? [])
    .filter(({ stage, rule }) => !names.has(`${stage} ${rule}`))
    .map((rule): Step => ({ ...SILENT, ...rule, detail: rule.condition }));
  return (
    <>
      <h3>What decided</h3>
      <StepList steps={found} />
      {others.length > 0 && (
        <>
          <h3>Other rules about {tool}</h3>
          <StepList steps={others} />
        </>
      )}
    </>
  );
}

const SILENT = { finding: null, isObserved: false, result: null } as const;

function openStep(finding: unknown): Step {
  const kind = textAt(finding, 'kind');
  return {
    // Any name is shown as it is; stages without words are those of later versions.
    stage: (textAt(finding, 'stage') ?? '') as Step['stage'],
    rule: textAt(finding, 'rule') ?? '',
    finding: isVerdict(kind) ? kind : null,
    isObserved: Reflect.get(Object(finding), 'observed') === true,
    result: null,
    detail: '',
  };
}

function StepList({ steps }: { readonly steps: readonly Step[] }): ReactElement {
  if (steps.length === 0) {
    return <p className={classes['soft']}>No rule of the pact is about it.</p>;
  }
  return (
    <ol className={classes['steps']}>
      {steps.map((step, place) => (
        <li key={place} data-finding={step.finding ?? undefined}>
          <span className={classes['line']}>
            <code className={classes['rule']}>
              <Visible text={step.rule} />
            </code>
            <Found step={step} />
          </span>
          <span className={classes['soft']}>
            {STAGE_WORDS[step.stage] ?? step.stage}
            {step.detail !== '' && (
              <>
                {': '}
                <WithCode text={step.detail} />
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Found({ step: { finding, isObserved, result } }: { readonly step: Step }) {
  if (finding !== null) {
    return isObserved ? (
      <StatePill tone="plain">would have {finding}, observed only</StatePill>
    ) : (
      <Verdict kind={finding} />
    );
  }
  return result === null ? null : <span className={classes['soft']}>{result}</span>;
}
