import { type FormEvent, type ReactElement, useMemo, useState } from 'react';

import { useAgentNames } from '../../data/fleet.ts';
import { type Selection, useUndoPlan } from '../../data/undos.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { PlanTable } from './plan-table.tsx';
import classes from './undos.module.css';

const LEAD =
  'What would take actions back, the last first, and what nothing does. Looking changes nothing.';

type Choosing = Pick<Selection, 'leave' | 'fill'>;

const NOTHING_CHOSEN: Choosing = { leave: [], fill: {} };

/** Plans what takes an agent's actions back, and asks another person for it. */
export function PlanPage(): ReactElement {
  const [agent, setAgent] = useQueryText('agent');
  const [session, setSession] = useQueryText('session');
  const [entries, setEntries] = useQueryText('entries');
  const [choosing, setChoosing] = useState(NOTHING_CHOSEN);
  const selection = useMemo(
    () => selectionOf({ agent, session, entries }, choosing),
    [agent, session, entries, choosing],
  );
  const choose = (chosen: Chosen): void => {
    setChoosing(NOTHING_CHOSEN);
    setAgent(chosen.agent);
    setSession(chosen.session);
    setEntries(chosen.entries);
  };
  return (
    <Page title="Take back" lead={LEAD}>
      <Section title="What" isCard>
        <Choice key={`${agent} ${session}`} first={{ agent, session, entries }} onChoose={choose} />
      </Section>
      {selection !== null && (
        <Planned selection={selection} onChange={(chosen) => setChoosing(chosen)} />
      )}
    </Page>
  );
}

type Chosen = { readonly agent: string; readonly session: string; readonly entries: string };

function selectionOf(
  { agent, session, entries }: Chosen,
  { leave, fill }: Choosing,
): Selection | null {
  const named = entries.split(/[\s,]+/).filter((each) => each !== '');
  if (agent === '' || (session === '' && named.length === 0)) return null;
  const narrowed = { session: session === '' ? null : session, entries: named, sinceMs: null };
  return { agent, ...narrowed, leave, fill };
}

function Choice({
  first,
  onChoose,
}: {
  readonly first: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
}): ReactElement {
  const agents = useAgentNames().data ?? [];
  const [chosen, setChosen] = useState(first);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onChoose({ ...chosen, session: chosen.session.trim() });
  };
  return (
    <form className={classes['form']} onSubmit={send}>
      <SelectField
        label="Agent"
        required
        value={chosen.agent}
        options={[['', 'choose one'], ...agents.map((agent) => [agent, agent] as const)]}
        onChange={(event) => setChosen({ ...chosen, agent: event.target.value })}
      />
      <TextField
        label="Session"
        placeholder="ses_…"
        value={chosen.session}
        onChange={(event) => setChosen({ ...chosen, session: event.target.value })}
      />
      <TextField
        label="Or single actions"
        placeholder="dec_… or entries, 120 121"
        value={chosen.entries}
        onChange={(event) => setChosen({ ...chosen, entries: event.target.value })}
      />
      <Button
        look="primary"
        type="submit"
        disabled={chosen.agent === '' || chosen.session.trim() + chosen.entries.trim() === ''}
      >
        Plan it
      </Button>
    </form>
  );
}

function Planned({
  selection,
  onChange,
}: {
  readonly selection: Selection;
  readonly onChange: (chosen: Choosing) => void;
}): ReactElement {
  return (
    <Answered answer={useUndoPlan(selection)} what="the plan">
      {(plan) => <PlanTable plan={plan} selection={selection} onChange={onChange} />}
    </Answered>
  );
}
