import type { ReactElement } from 'react';

import { useSession } from '../../data/session.ts';
import { Section } from '../../ui/page.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

// The matrix of the API's specification, in the words of people.
const ROLES: readonly (readonly [role: string, may: string])[] = [
  ['viewer', 'see every agent, decision and entry, without sealed content'],
  ['operator', 'as viewer; halt, resume, lock, close reviews, correct decisions'],
  ['approver', 'as viewer; answer asks and gates, read sealed content, halt, correct decisions'],
  ['admin', 'everything but acting as an agent or opening its sessions'],
];

/** What each role may do, and which of them the reader has. */
export function RolesTab(): ReactElement {
  const { data: session } = useSession();
  const own = session?.roles ?? [];
  return (
    <Section title="What each role may do">
      <PlainTable
        nothing="There are no roles."
        rows={ROLES.map(([role, may]) => [
          role,
          { Role: role, 'May do': may, Yours: own.includes(role) ? 'yes' : '' },
        ])}
      />
      <p>
        A person has the roles of the key, or of the token, they signed in with. Nobody approves
        what they asked for themselves, whatever their roles.
      </p>
    </Section>
  );
}
