import { Tabs as Radix } from 'radix-ui';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

import classes from './tabs.module.css';

/** One tab: its place in the address, its name, and what it shows. */
export type Tab = { readonly id: string; readonly title: string; readonly show: () => ReactNode };

/** Tabs of which one is open; the page keeps which in the address. */
export function Tabs({
  label,
  tabs,
  open,
  onOpen,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly open: string;
  readonly onOpen: (id: string) => void;
}): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  // On a narrow screen the tabs lie in one row, and the open one may be outside.
  useEffect(() => {
    const here = list.current?.querySelector<HTMLElement>('[data-state="active"]');
    list.current?.scrollTo({ left: (here?.offsetLeft ?? 0) - (list.current.offsetLeft ?? 0) });
  }, [open]);
  return (
    <Radix.Root value={open} onValueChange={onOpen} activationMode="manual">
      <Radix.List ref={list} className={classes['list']} aria-label={label}>
        {tabs.map(({ id, title }) => (
          <Radix.Trigger key={id} value={id} className={classes['tab']}>
            {title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map(({ id, show }) => (
        <Radix.Content key={id} value={id} className={classes['panel']}>
          {id === open && show()}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
