import type { ReactElement } from 'react';
import { useLocation, useParams } from 'wouter';

import { useMay } from '../../data/session.ts';
import { Page } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { type Tab, Tabs } from '../../ui/tabs.tsx';
import { AboutTab } from './about-tab.tsx';
import { CredentialsTab } from './credentials-tab.tsx';
import { FactorsTab } from './factors-tab.tsx';
import { NoticesTab } from './notices-tab.tsx';
import { PeopleTab } from './people-tab.tsx';
import { RetentionTab } from './retention-tab.tsx';
import { RolesTab } from './roles-tab.tsx';

const OWN: Tab = { id: 'factors', title: 'Your factors', show: () => <FactorsTab /> };

/** Who may do what here, and how the daemon reaches people and upstreams. */
export function SettingsPage(): ReactElement {
  const { tab = OWN.id } = useParams();
  const [, navigate] = useLocation();
  const isAdmin = useMay('administer');
  const tabs: readonly Tab[] = [
    OWN,
    { id: 'people', title: 'People and keys', show: () => forAdmins(isAdmin, <PeopleTab />) },
    { id: 'roles', title: 'Roles', show: () => <RolesTab /> },
    { id: 'notifications', title: 'Notifications', show: () => <NoticesTab /> },
    { id: 'credentials', title: 'Broker', show: () => forAdmins(isAdmin, <CredentialsTab />) },
    { id: 'retention', title: 'Retention', show: () => <RetentionTab /> },
    { id: 'about', title: 'About', show: () => <AboutTab /> },
  ];
  const open = tabs.some(({ id }) => id === tab) ? tab : OWN.id;
  return (
    <Page title="Settings" lead="Who may do what, and how the daemon reaches people and upstreams.">
      <Tabs
        label="Settings"
        tabs={tabs}
        open={open}
        onOpen={(id) => navigate(`/settings/${id}`, { replace: true })}
      />
    </Page>
  );
}

function forAdmins(isAdmin: boolean, shown: ReactElement): ReactElement {
  if (isAdmin) return shown;
  return (
    <EmptyState title="For admins">
      Your role does not see this. An admin gives roles with a new key for you.
    </EmptyState>
  );
}
