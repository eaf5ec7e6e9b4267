import type { ReactElement } from 'react';

import { type Audit, useDraw } from '../../data/audits.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { StatePill, type Tone } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';

const STATES: Readonly<Record<Audit['state'], readonly [Tone, string]>> = {
  running: ['accent', 'running'],
  undrawn: ['warn', 'ended, not drawn'],
  drawn: ['good', 'drawn'],
};

/** The columns of audits. */
export const AUDIT_COLUMNS: readonly Column<Audit>[] = [
  { id: 'agent', title: 'Agent', value: ({ agent }) => agent, width: 80, isWide: true },
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => STATES[state][1],
    show: ({ state }) => <StatePill tone={STATES[state][0]}>{STATES[state][1]}</StatePill>,
    width: 132,
  },
  {
    id: 'judged',
    title: 'Judged',
    value: ({ judged, drawn }) => `${judged} of ${drawn}`,
    width: 96,
    isUnder: true,
    wideFrom: 440,
  },
  {
    id: 'sessions',
    title: 'Sessions',
    value: ({ sessions }) => sessions,
    width: 90,
    wideFrom: 620,
    isNumber: true,
  },
  {
    id: 'begun',
    title: 'Begun',
    value: ({ begunAt }) => begunAt,
    show: ({ begunAt }) => <Time at={begunAt} isInRow />,
    isTime: true,
    width: 170,
    wideFrom: 760,
  },
  {
    id: 'due',
    title: 'Draws by itself',
    value: ({ dueAt }) => dueAt,
    show: ({ dueAt }) => (dueAt === null ? '' : <Time at={dueAt} isInRow />),
    isTime: true,
    width: 170,
    wideFrom: 940,
  },
  {
    id: 'draw',
    title: 'Draw',
    value: () => null,
    isAction: true,
    show: (audit) => <DrawButton audit={audit} />,
    width: 76,
  },
];

function DrawButton({ audit: { agent, state } }: { readonly audit: Audit }): ReactElement | null {
  const draw = useDraw();
  const say = useToast();
  if (!useMay('operate') || state === 'drawn') return null;
  const send = (): void =>
    draw.mutate(agent, {
      onSuccess: ({ drawn }) =>
        say({
          tone: 'good',
          text: `Drew ${drawn === 1 ? 'one session' : `${drawn} sessions`} of ${agent}.`,
        }),
      onError: (error) => say({ tone: 'danger', text: error.message }),
    });
  return (
    <Button isSmall aria-label={`Draw from ${agent}`} disabled={draw.isPending} onClick={send}>
      Draw
    </Button>
  );
}
