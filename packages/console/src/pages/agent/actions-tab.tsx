import { type ReactElement, useMemo } from 'react';

import {
  type ActionFilters,
  type ActionRow,
  askActions,
  useActions,
} from '../../data/agent-actions.ts';
import { allRows } from '../../data/newest.ts';
import { sessionPlace } from '../../data/places.ts';
import { Visible } from '../../ui/code-view.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Verdict } from '../../ui/marks.tsx';
import type { Column } from '../../ui/table/column.ts';
import { Time } from '../../ui/time.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import classes from './agent.module.css';
import { NewestTable } from './newest-table.tsx';

const COLUMNS: readonly Column<ActionRow>[] = [
  {
    id: 'action',
    title: 'Action',
    value: ({ tool }) => tool ?? 'a call',
    show: ({ tool }) => <Visible text={tool ?? 'a call'} />,
    width: 140,
    isWide: true,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    value: ({ verdict }) => verdict,
    show: ({ verdict }) => <Verdict kind={verdict} />,
    width: 136,
  },
  {
    id: 'rules',
    title: 'By rule',
    value: ({ rules }) => rules.join(', '),
    show: ({ rules }) => <Visible text={rules.join(', ')} />,
    width: 220,
    isWide: true,
    isUnder: true,
    wideFrom: 560,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    value: ({ outcome }) => outcome,
    width: 100,
    isUnder: true,
    wideFrom: 720,
  },
  {
    id: 'at',
    title: 'Decided',
    value: ({ at }) => at,
    show: ({ at }) => <Time at={at} isInRow />,
    isTime: true,
    width: 170,
    isUnder: true,
    wideFrom: 480,
  },
  { id: 'session', title: 'Session', value: ({ session }) => session, width: 220, wideFrom: 980 },
  {
    id: 'index',
    title: 'Entry',
    value: ({ index }) => index,
    width: 80,
    wideFrom: 820,
    isNumber: true,
  },
  {
    id: 'decision',
    title: 'Decision',
    value: ({ decision }) => decision,
    width: 220,
    isHidden: true,
  },
  { id: 'pact', title: 'Pact', value: ({ pact }) => pact, width: 220, isHidden: true },
];

const VERDICTS = [
  ['', 'every verdict'],
  ['allow', 'allowed'],
  ['modify', 'rewritten'],
  ['step_up', 'asked a person'],
  ['defer', 'deferred'],
  ['deny', 'refused'],
] as const;

/** What an agent does and wanted to do, as it happens. */
export function ActionsTab({ agent }: { readonly agent: string }): ReactElement {
  const [verdict, setVerdict] = useQueryText('verdict');
  const [tool, setTool] = useQueryText('tool');
  const [rule, setRule] = useQueryText('rule');
  const [state, setState] = useQueryText('state');
  const filters = useMemo<ActionFilters>(
    () => ({ verdict, tool, rule, isUnfinished: state === 'unfinished' }),
    [verdict, tool, rule, state],
  );
  return (
    <div className={classes['stack']}>
      <div className={classes['filters']}>
        <SelectField
          label="Verdict"
          value={verdict}
          options={VERDICTS}
          onChange={(event) => setVerdict(event.target.value)}
        />
        <SelectField
          label="Outcome"
          value={state}
          options={[
            ['', 'whatever became of it'],
            ['unfinished', 'without an outcome yet'],
          ]}
          onChange={(event) => setState(event.target.value)}
        />
        <WholeText key={`tool ${tool}`} label="Tool" text={tool} onText={setTool} />
        <WholeText key={`rule ${rule}`} label="Rule" text={rule} onText={setRule} />
      </div>
      <NewestTable
        name="actions"
        one="action"
        what="the actions"
        list={useActions(agent, filters)}
        columns={COLUMNS}
        rowId={({ index }) => String(index)}
        rowHref={({ session, index }) => sessionPlace(session, index)}
        loadAll={() => allRows((before) => askActions(agent, filters, { before }))}
        empty={{
          title: 'No action matches',
          command: `plumb log tail --agent ${agent} --kind decided`,
          text: 'It did nothing of this kind yet. What it proposes appears here by itself.',
        }}
      />
    </div>
  );
}

/** A whole name, asked for on Enter or when the field is left. */
function WholeText({
  label,
  text,
  onText,
}: {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}): ReactElement {
  const ask = (typed: string): void => {
    if (typed.trim() !== text) onText(typed.trim());
  };
  return (
    <TextField
      label={label}
      type="search"
      defaultValue={text}
      placeholder="its whole name"
      onBlur={(event) => ask(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') ask(event.currentTarget.value);
      }}
    />
  );
}
