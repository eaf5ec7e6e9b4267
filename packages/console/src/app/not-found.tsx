import type { ReactElement } from 'react';
import { Link } from 'wouter';

import { Page } from '../ui/page.tsx';

/** There is no such page. */
export function NotFound(): ReactElement {
  return (
    <Page title="Nothing is here" lead="The address names no page of this console.">
      <p>
        <Link href="/">Go to the fleet</Link>, or press Ctrl K to look for an agent or a page.
      </p>
    </Page>
  );
}
