import type { Identity } from '../identity/identity.ts';
import type { ApproverDesk } from '../pep/mcp/http/approver.ts';
import type { ClientApprovals } from '../services/client-approvals.ts';

/**
 * Returns who asks persons at MCP clients for approvals. A person's word counts by their own token
 * alone, whatever the agent's client says.
 */
export function approverDesk({
  identity,
  clientApprovals,
}: {
  readonly identity: Pick<Identity, 'callerOf' | 'recent'>;
  readonly clientApprovals: ClientApprovals;
}): ApproverDesk {
  return {
    ...clientApprovals,
    recognise: async (token) => {
      const recent = identity.recent(token);
      if (recent !== undefined) return recent.person === null ? null : recent;
      const known = await identity.callerOf(token);
      return known.ok && known.value.person !== null ? known.value : null;
    },
  };
}
