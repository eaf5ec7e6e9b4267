import type { ReactElement } from 'react';
import { useParams } from 'wouter';

import { type AuditFigures, useAuditFigures, useAudits } from '../../data/audits.ts';
import { useMay } from '../../data/session.ts';
import { StatePill } from '../../ui/marks.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';

/** What one audit comes to, beside what the agent reported. */
export function AuditPage(): ReactElement {
  const { id = '' } = useParams();
  const audit = (useAudits().data ?? []).find((one) => one.audit === id);
  const mayPeek = useMay('operate');
  const waiting = audit === undefined ? 0 : audit.drawn - audit.judged - audit.erased;
  const isPartial = waiting > 0 && mayPeek;
  return (
    <Page title={audit === undefined ? 'Audit' : `Audit of ${audit.agent}`}>
      {audit !== undefined && audit.state !== 'drawn' ? (
        <EmptyState title="Nothing was drawn yet" command={`plumb audit draw ${audit.agent}`}>
          Figures are there once sessions were drawn and judged.
        </EmptyState>
      ) : (
        <Figures id={id} isPartial={isPartial} waiting={waiting} />
      )}
    </Page>
  );
}

function Figures({
  id,
  isPartial,
  waiting,
}: {
  readonly id: string;
  readonly isPartial: boolean;
  readonly waiting: number;
}): ReactElement {
  return (
    <Answered answer={useAuditFigures(id, isPartial)} what="the figures">
      {(figures) => (
        <>
          {waiting > 0 && (
            <p>
              <StatePill tone="warn">partial</StatePill>{' '}
              {waiting === 1 ? 'One session is' : `${waiting} sessions are`} still to be judged.
            </p>
          )}
          <Section title="Accuracy" isCard>
            <Facts
              rows={{
                'As audited': shareText(figures.audited),
                'As the agent reported': percentText(figures.claimed),
                Gap: figures.gap === null ? null : `${(figures.gap * 100).toFixed(1)} points`,
                Interval: figures.isWide ? (
                  <StatePill tone="warn">wide: draw more before relying on it</StatePill>
                ) : null,
                Begun: <Time at={figures.begunAt} />,
                Ended: <Time at={figures.endedAt} />,
              }}
            />
          </Section>
          <Section title="By what the agent reported">
            <Strata figures={figures} />
          </Section>
        </>
      )}
    </Answered>
  );
}

function Strata({ figures }: { readonly figures: AuditFigures }): ReactElement {
  return (
    <PlainTable
      nothing="Nothing was drawn."
      rows={figures.strata.map(({ stratum, count, drawn, judged, accurate, claims }) => [
        stratum,
        {
          Reported: stratum,
          Sessions: String(count),
          Drawn: String(drawn),
          Judged: String(judged),
          Accurate: shareText(accurate),
          'Claims right · wrong · unsure': `${claims.right} · ${claims.wrong} · ${claims.unsure}`,
        },
      ])}
    />
  );
}

type Share = {
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

function shareText({ share, low, high }: Share): string {
  if (share === null) return 'not known';
  const within =
    low === null || high === null ? '' : ` (${percentText(low)} to ${percentText(high)})`;
  return `${percentText(share)}${within}`;
}

function percentText(share: number | null): string {
  return share === null ? 'not known' : `${(share * 100).toFixed(1)} %`;
}
