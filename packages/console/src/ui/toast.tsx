import { Toast as Radix } from 'radix-ui';
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useState,
} from 'react';

import { buttonClass } from './button.tsx';
import { joinClasses } from './join-classes.ts';
import classes from './toast.module.css';
import { WithCode } from './with-code.tsx';

/** A short word on something that just happened, beside a place to look at it. */
export type Said = {
  readonly tone: 'good' | 'warn' | 'danger';
  readonly text: string;
  readonly link?: ReactNode;
};

const SHOWN_MS = 8_000;
const MOST_SHOWN = 4;
const Say = createContext<(said: Said) => void>(() => undefined);
const Forget = createContext<() => void>(() => undefined);

/** Returns the function that shows a toast. */
export function useToast(): (said: Said) => void {
  return useContext(Say);
}

/** Returns the function that takes away every toast: they were said to somebody else. */
export function useForgetToasts(): () => void {
  return useContext(Forget);
}

/** Stands once around the console and shows what is said. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [shown, setShown] = useState<readonly (Said & { readonly id: number })[]>([]);
  const say = useCallback((said: Said) => {
    setShown((before) => {
      const id = (before.at(-1)?.id ?? 0) + 1;
      return [...before.slice(1 - MOST_SHOWN), { ...said, id }];
    });
  }, []);
  const forget = useCallback(() => setShown([]), []);
  const close = (id: number): void => setShown((before) => before.filter((one) => one.id !== id));
  return (
    <Say value={say}>
      <Radix.Provider duration={SHOWN_MS} label="What happened">
        <Forget value={forget}>{children}</Forget>
        {shown.map(({ id, tone, text, link }) => (
          <Radix.Root
            key={id}
            className={joinClasses(classes['toast'], classes[tone])}
            onOpenChange={(isOpen) => {
              if (!isOpen) close(id);
            }}
          >
            <Radix.Description>
              <WithCode text={text} /> {link}
            </Radix.Description>
            <Radix.Close className={buttonClass({ look: 'quiet', isSmall: true })}>
              Close
            </Radix.Close>
          </Radix.Root>
        ))}
        <Radix.Viewport className={classes['list']} />
      </Radix.Provider>
    </Say>
  );
}
