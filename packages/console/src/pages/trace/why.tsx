import type { ReactElement } from 'react';

import { ownerOf } from '../../data/around.ts';
import { usePact } from '../../data/pacts.ts';
import { ApiProblem } from '../../data/problem.ts';
import type { TraceRow } from '../../data/traces.ts';
import { StatePill } from '../../ui/marks.tsx';
import { ErrorState, LoadState } from '../../ui/states.tsx';
import { isVerdict, listAt, textAt } from './open-part.ts';
import { WithCode } from '../../ui/with-code.tsx';
import { STANDING_WORDS } from './standing-words.ts';
import { StepList } from './step-list.tsx';
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
  const sources = usePact(ownerOf(record.agent), digest);
  const pact = sources.data ?? null;
  const isOpen = row.secret !== null;
  const asked = pact === null || !isOpen ? null : { pact, index: row.index };
  const explained = useWorker(record, 'explain', asked);
  if (!isOpen) return <OpenWhy record={record} row={row} />;
  if (isNotThere(sources.error)) {
    return (
      <>
        <OpenWhy record={record} row={row} />
        <p className={classes['soft']}>
          It was not made again in this browser: the pact it was made under is not among the
          agent’s.
        </p>
      </>
    );
  }
  const error = sources.error ?? explained.error;
  if (error !== null) return <ErrorState error={error} what="the explanation" />;
  if (explained.data == null) return <LoadState what="the explanation" />;
  return <Told explained={explained.data} />;
}

/** Drills and self-tests run under pacts of the daemon's own. */
function isNotThere(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 404;
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
  const pact = usePact(ownerOf(record.agent), textAt(row.open, 'pact')).data ?? null;
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
