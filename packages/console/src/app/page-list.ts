import { type ComponentType, lazy } from 'react';

/** A page of the console. Each is a chunk of its own, loaded when it is first gone to. */
export type PageEntry = {
  /** Below `/console`, with wouter's `:name`, `?` and `*`. */
  readonly path: string;
  readonly title: string;
  /** Whether the navigation names it. */
  readonly isInNavigation?: boolean;
  readonly page: ComponentType;
  /** Loads the page's chunk, which is done once. */
  readonly load: () => Promise<unknown>;
};

/** Every page. What is not here does not exist, and nothing leads to it. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/',
    title: 'Fleet',
    isInNavigation: true,
    ...later(async () => (await import('../pages/fleet/fleet-page.tsx')).FleetPage),
  },
  {
    path: '/attention',
    title: 'Attention',
    isInNavigation: true,
    ...later(async () => (await import('../pages/attention/attention-page.tsx')).AttentionPage),
  },
  {
    path: '/approvals',
    title: 'Approvals',
    isInNavigation: true,
    ...later(async () => (await import('../pages/approvals/approvals-page.tsx')).ApprovalsPage),
  },
  {
    path: '/approvals/:id',
    title: 'Approval',
    ...later(async () => (await import('../pages/approvals/approval-page.tsx')).ApprovalPage),
  },
  {
    path: '/agents/:agent/:tab?',
    title: 'Agent',
    ...later(async () => (await import('../pages/agent/agent-page.tsx')).AgentPage),
  },
  {
    path: '/halts',
    title: 'Halts',
    isInNavigation: true,
    ...later(async () => (await import('../pages/halts/halts-page.tsx')).HaltsPage),
  },
  {
    path: '/halts/:halt',
    title: 'Halt',
    ...later(async () => (await import('../pages/halts/halt-page.tsx')).HaltPage),
  },
  {
    path: '/sessions',
    title: 'Sessions',
    isInNavigation: true,
    ...later(async () => (await import('../pages/trace/sessions-page.tsx')).SessionsPage),
  },
  {
    path: '/rooms/:room',
    title: 'Room',
    ...later(async () => (await import('../pages/trace/room-page.tsx')).RoomPage),
  },
  {
    path: '/sessions/:session',
    title: 'Session',
    ...later(async () => (await import('../pages/trace/session-page.tsx')).SessionPage),
  },
  {
    path: '/drills',
    title: 'Drills',
    isInNavigation: true,
    ...later(async () => (await import('../pages/drills/drills-page.tsx')).DrillsPage),
  },
  {
    path: '/drills/:id',
    title: 'Drill',
    ...later(async () => (await import('../pages/drills/drill-page.tsx')).DrillPage),
  },
  {
    path: '/audits',
    title: 'Audits',
    isInNavigation: true,
    ...later(async () => (await import('../pages/audits/audits-page.tsx')).AuditsPage),
  },
  {
    path: '/audits/items/:id',
    title: 'Session to judge',
    ...later(async () => (await import('../pages/audits/item-page.tsx')).AuditItemPage),
  },
  {
    path: '/audits/:id',
    title: 'Audit',
    ...later(async () => (await import('../pages/audits/audit-page.tsx')).AuditPage),
  },
  {
    path: '/undos',
    title: 'Undo',
    isInNavigation: true,
    ...later(async () => (await import('../pages/undos/undos-page.tsx')).UndosPage),
  },
  {
    path: '/undos/plan',
    title: 'Take back',
    ...later(async () => (await import('../pages/undos/plan-page.tsx')).PlanPage),
  },
  {
    path: '/undos/:id',
    title: 'Undo',
    ...later(async () => (await import('../pages/undos/undo-page.tsx')).UndoPage),
  },
  {
    path: '/evidence',
    title: 'Evidence',
    isInNavigation: true,
    ...later(async () => (await import('../pages/evidence/evidence-page.tsx')).EvidencePage),
  },
  {
    path: '/evidence/:index',
    title: 'Entry',
    ...later(async () => (await import('../pages/evidence/entry-page.tsx')).EntryPage),
  },
  {
    path: '/settings/:tab?',
    title: 'Settings',
    isInNavigation: true,
    ...later(async () => (await import('../pages/settings/settings-page.tsx')).SettingsPage),
  },
];

function later(load: () => Promise<ComponentType>): Pick<PageEntry, 'page' | 'load'> {
  return { page: lazy(async () => ({ default: await load() })), load };
}
