import { type ComponentProps, type ReactElement, type ReactNode, useId } from 'react';

import { messageOf } from '../data/problem.ts';
import classes from './field.module.css';
import { joinClasses } from './join-classes.ts';
import { WithCode } from './with-code.tsx';

type FieldProps = {
  readonly label: string;
  readonly hint?: ReactNode;
};

/** A line of text with its label. */
export function TextField({
  label,
  hint,
  ...input
}: FieldProps & ComponentProps<'input'>): ReactElement {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint}>
      <input {...input} {...describedBy(id, hint)} id={id} className={classes['input']} />
    </Labelled>
  );
}

/** Several lines of text with their label. */
export function TextArea({
  label,
  hint,
  ...input
}: FieldProps & ComponentProps<'textarea'>): ReactElement {
  const id = useId();
  const look = joinClasses(classes['input'], classes['area']);
  return (
    <Labelled id={id} label={label} hint={hint}>
      <textarea {...input} {...describedBy(id, hint)} id={id} className={look} />
    </Labelled>
  );
}

/** One of a few, with its label: the browser's own list, which every keyboard and phone knows. */
export function SelectField({
  label,
  hint,
  options,
  ...select
}: FieldProps &
  ComponentProps<'select'> & {
    readonly options: readonly (readonly [value: string, name: string])[];
  }): ReactElement {
  const id = useId();
  const look = joinClasses(classes['input'], classes['select']);
  return (
    <Labelled id={id} label={label} hint={hint}>
      <select {...select} {...describedBy(id, hint)} id={id} className={look}>
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Why what was sent was not taken. */
export function Fault({ error }: { readonly error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <p className={classes['fault']} role="alert">
      <WithCode text={messageOf(error)} />
    </p>
  );
}

function describedBy(id: string, hint: ReactNode): { readonly 'aria-describedby'?: string } {
  return hint === undefined ? {} : { 'aria-describedby': `${id}-hint` };
}

function Labelled({
  id,
  label,
  hint,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={classes['field']}>
      <label className={classes['label']} htmlFor={id}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <span className={classes['hint']} id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}
