import type { ComponentProps, ReactElement } from 'react';

import classes from './button.module.css';
import { joinClasses } from './join-classes.ts';

type Look = {
  /** `danger` stops things; `outlined-danger` opens what does. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'outlined-danger' | 'quiet';
  readonly isSmall?: boolean;
};

/** A button of the kit. */
export function Button({
  look = 'plain',
  isSmall = false,
  className,
  ...rest
}: ComponentProps<'button'> & Look): ReactElement {
  return <button type="button" {...rest} className={buttonClass({ look, isSmall }, className)} />;
}

/** Returns the classes of a button, for links that look like one. */
export function buttonClass({ look = 'plain', isSmall = false }: Look, className?: string): string {
  return joinClasses(classes['button'], classes[look], isSmall && classes['small'], className);
}
