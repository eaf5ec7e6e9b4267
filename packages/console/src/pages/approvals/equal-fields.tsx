import type { ReactElement } from 'react';

import { TextField } from '../../ui/field.tsx';
import classes from './approvals.module.css';

/** Which equal actions are decided along, and why each where that is not the same. */
export type Along = ReadonlyMap<string, string>;

/** What waits for the very same action: decided along where it is ticked. */
export function EqualFields({
  equal,
  along,
  onChange,
}: {
  readonly equal: readonly string[];
  readonly along: Along;
  readonly onChange: (along: Along) => void;
}): ReactElement | null {
  if (equal.length === 0) return null;
  const tick = (id: string, isOn: boolean): void => {
    const next = new Map(along);
    if (isOn) next.set(id, '');
    else next.delete(id);
    onChange(next);
  };
  return (
    <fieldset className={classes['equal']}>
      <legend>
        {equal.length === 1 ? 'One more waits' : `${equal.length} more wait`} for exactly this
        action
      </legend>
      {equal.map((id) => (
        <div key={id}>
          <label className={classes['check']}>
            <input
              type="checkbox"
              checked={along.has(id)}
              onChange={(event) => tick(id, event.target.checked)}
            />
            <code>{id}</code>
          </label>
          {along.has(id) && (
            <TextField
              label={`Reason for ${id}`}
              placeholder="the same"
              value={along.get(id) ?? ''}
              onChange={(event) => onChange(new Map([...along, [id, event.target.value]]))}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}
