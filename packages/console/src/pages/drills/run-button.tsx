import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { useRunDrill } from '../../data/drills.ts';
import { useMay } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { useToast } from '../../ui/toast.tsx';

/** Practises an agent's halt now, beside its real sessions. Nothing where one may not halt. */
export function RunButton({
  agent,
  isRunning,
}: {
  readonly agent: string;
  readonly isRunning: boolean;
}): ReactElement | null {
  const drill = useRunDrill(agent);
  const say = useToast();
  if (!useMay('halt')) return null;
  const run = (): void =>
    drill.mutate(undefined, {
      onSuccess: ({ id, state }) => {
        const link = <Link href={`/drills/${id}`}>See what was measured</Link>;
        const tone = state === 'passed' ? 'good' : 'danger';
        say({ tone, text: `The drill of ${agent} ${state}.`, link });
      },
      onError: (error) => say({ tone: 'danger', text: `No drill of ${agent}: ${error.message}` }),
    });
  const isBusy = drill.isPending || isRunning;
  return (
    <Button
      isSmall
      disabled={isBusy}
      aria-label={isBusy ? undefined : `Run now the drill of ${agent}`}
      onClick={run}
    >
      {isBusy ? 'Running…' : 'Run now'}
    </Button>
  );
}
