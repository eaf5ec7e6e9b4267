import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

import classes from './page.module.css';
import { joinClasses } from './join-classes.ts';

type PageProps = {
  readonly title: string;
  /** What the page is for, in a sentence. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

let hasShownPage = false;

/** The frame of a page: its title in the document and in a heading, what it is for, its actions. */
export function Page({ title, lead, actions, children }: PageProps): ReactElement {
  useEffect(() => {
    document.title = `${title} · Plumbline`;
  }, [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  // A page that was gone to is read from its top; the first one is where the browser puts it.
  useEffect(() => {
    if (hasShownPage) heading.current?.focus({ preventScroll: true });
    hasShownPage = true;
  }, []);
  return (
    <div className={classes['page']}>
      <header className={classes['head']}>
        <div className={classes['words']}>
          <h1 tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {lead !== undefined && <p className={classes['lead']}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

type SectionProps = {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly isCard?: boolean;
  readonly children: ReactNode;
};

/** A part of a page below a heading of its own. */
export function Section({ title, actions, isCard = false, children }: SectionProps): ReactElement {
  return (
    <section className={joinClasses(classes['section'], isCard && classes['card'])}>
      <div className={classes['head']}>
        <h2>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** Names and values, one a row. */
export function Facts({
  rows,
}: {
  /** What is null is left out. */
  readonly rows: Readonly<Record<string, ReactNode>>;
}): ReactElement {
  return (
    <dl className={classes['facts']}>
      {Object.entries(rows).map(([name, value]) =>
        value === null ? null : <FactRow key={name} name={name} value={value} />,
      )}
    </dl>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
