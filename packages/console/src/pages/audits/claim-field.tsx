import type { ReactElement } from 'react';

import type { AuditItem, Finding } from '../../data/audits.ts';
import { Visible } from '../../ui/code-view.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import classes from './audits.module.css';

type Claim = AuditItem['claims'][number];

const FINDINGS = [
  ['right', 'right'],
  ['wrong', 'wrong'],
  ['unsure', 'I cannot tell'],
] as const;

const LABELS = [
  ['', 'nothing said'],
  ['should-allow', 'it should have been allowed'],
  ['should-deny', 'it should have been refused'],
  ['should-ask', 'a person should have been asked'],
  ['wrong-arguments', 'its arguments were wrong'],
  ['undone', 'somebody took it back'],
] as const;

/** One claim, and what the reviewer finds of it. */
export function ClaimField({
  claim: { claim, kind, text },
  finding,
  onFind,
}: {
  readonly claim: Claim;
  readonly finding: Finding | null;
  readonly onFind: (finding: Finding) => void;
}): ReactElement {
  const change = (changed: Partial<Finding>): void => {
    if (finding !== null) onFind({ ...finding, ...changed });
  };
  const chooseLabel = (value: string): void => {
    const label = LABELS.find(([each]) => each === value)?.[0] ?? '';
    const { note } = finding ?? {};
    const said = { ...(note === undefined ? {} : { note }), ...(label === '' ? {} : { label }) };
    onFind({ claim, finding: 'wrong', ...said });
  };
  return (
    <fieldset className={classes['claim']}>
      <legend>{kind === 'action' ? 'It did' : 'It said'}</legend>
      <Visible text={text} />
      <Radios
        name={claim}
        options={FINDINGS}
        chosen={finding?.finding ?? null}
        onChoose={(found) => onFind({ claim, finding: found })}
      />
      {finding?.finding === 'wrong' && kind === 'action' && (
        <SelectField
          label="What it should have been"
          value={finding.label ?? ''}
          options={LABELS}
          onChange={(event) => chooseLabel(event.target.value)}
        />
      )}
      {finding?.finding === 'wrong' && (
        <TextField
          label="Why"
          value={finding.note ?? ''}
          onChange={(event) => change({ note: event.target.value })}
        />
      )}
    </fieldset>
  );
}

type RadiosProps<Value extends string> = {
  readonly name: string;
  readonly options: readonly (readonly [value: Value, words: string])[];
  readonly chosen: Value | null;
  readonly onChoose: (value: Value) => void;
};

/** A question with one answer of a few. */
export function Choice<Value extends string>({
  legend,
  ...radios
}: RadiosProps<Value> & { readonly legend: string }): ReactElement {
  return (
    <fieldset className={classes['claim']}>
      <legend>{legend}</legend>
      <Radios {...radios} />
    </fieldset>
  );
}

function Radios<Value extends string>({
  name,
  options,
  chosen,
  onChoose,
}: RadiosProps<Value>): ReactElement {
  return (
    <div className={classes['choices']}>
      {options.map(([value, words]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          {words}
        </label>
      ))}
    </div>
  );
}
