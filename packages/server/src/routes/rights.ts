import { ownerOf } from '../guard/undo-agent.ts';
import type { KeyKind, Role } from '../store/vault.ts';
import type { Caller, Right } from './caller.ts';

/** The rights of each role. Source: spec/api/README.md, section "Who may do what". */
export const ROLE_RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read', 'measure', 'prove'],
  operator: ['read', 'measure', 'prove', 'operate', 'halt', 'lock', 'correct'],
  approver: ['read', 'measure', 'prove', 'approve', 'read-sealed', 'halt', 'correct'],
  admin: [
    'read',
    'measure',
    'prove',
    'read-sealed',
    'operate',
    'halt',
    'lock',
    'correct',
    'approve',
    'administer',
  ],
};

/** The rights of each kind of machine. What a service may is what its scopes name of these. */
export const KIND_RIGHTS: Readonly<Record<Exclude<KeyKind, 'person'>, readonly Right[]>> = {
  agent: ['act'],
  opener: ['open-session', 'speak-for-principal'],
  // An alert may halt and never resume.
  service: ['read', 'measure', 'halt', 'lock'],
};

/** The rights of the daemon's own user, as configured. */
export const LOCAL_RIGHTS: Readonly<Record<'all' | 'enforce', readonly Right[]>> = {
  all: [
    'read',
    'read-sealed',
    'open-session',
    'speak-for-principal',
    'act',
    'operate',
    'halt',
    'lock',
    'correct',
    'approve',
    'administer',
    'measure',
  ],
  enforce: ['open-session', 'speak-for-principal', 'act'],
};

/** Returns what a caller may do: nothing where its key is damaged, as an agent's for no agent. */
export function rightsOf(caller: Caller, local: 'all' | 'enforce'): readonly Right[] {
  switch (caller.kind) {
    case 'local':
      return LOCAL_RIGHTS[local];
    case 'person':
      return caller.roles.flatMap((role) => ROLE_RIGHTS[role]);
    case 'service':
      return KIND_RIGHTS.service.filter((right) => caller.scopes.includes(right));
    case 'agent':
      return caller.agents?.length === 1 ? KIND_RIGHTS.agent : [];
    case 'opener':
      return KIND_RIGHTS.opener;
  }
}

/** Returns whether a caller is for this agent. */
export function isFor(caller: Caller, agent: string): boolean {
  return caller.agents === null || caller.agents.includes(ownerOf(agent));
}
