import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

import classes from './menu.module.css';

/** A menu that opens below the button that is its trigger. */
export function Menu({
  trigger,
  children,
}: {
  readonly trigger: ReactElement;
  readonly children: ReactNode;
}): ReactElement {
  // A modal menu locks the page by a style sheet of its own, which the content policy refuses.
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={classes['menu']} align="end" sideOffset={4} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** One thing to do. */
export function MenuItem({
  children,
  onSelect,
  isDisabled = false,
}: {
  readonly children: ReactNode;
  readonly onSelect: () => void;
  readonly isDisabled?: boolean;
}): ReactElement {
  return (
    <Radix.Item className={classes['item']} disabled={isDisabled} onSelect={onSelect}>
      {children}
    </Radix.Item>
  );
}

/** One thing that is on or off; the menu stays open. */
export function MenuCheck({
  children,
  isOn,
  onChange,
}: {
  readonly children: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactElement {
  return (
    <Radix.CheckboxItem
      className={classes['item']}
      checked={isOn}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <span className={classes['mark']} aria-hidden="true">
        {isOn ? '✓' : ''}
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

/** One of several, of which one is chosen. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly onChange: (value: Value) => void;
}): ReactElement {
  const choose = (text: string): void => {
    const option = options.find(([each]) => each === text);
    if (option !== undefined) onChange(option[0]);
  };
  return (
    <Radix.RadioGroup value={value} onValueChange={choose} aria-label={label}>
      <MenuLabel>{label}</MenuLabel>
      {options.map(([each, name]) => (
        <Radix.RadioItem
          key={each}
          value={each}
          className={classes['item']}
          onSelect={(event) => event.preventDefault()}
        >
          <span className={classes['mark']} aria-hidden="true">
            {each === value ? '•' : ''}
          </span>
          {name}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

/** Words above the items that follow. */
export function MenuLabel({ children }: { readonly children: ReactNode }): ReactElement {
  return <Radix.Label className={classes['label']}>{children}</Radix.Label>;
}

/** A line between items. */
export function MenuLine(): ReactElement {
  return <Radix.Separator className={classes['line']} />;
}
