import type { Config } from '../config/config.ts';
import type { ContainerTarget } from '../config/containers.ts';
import { parseNetwork } from '../egress/address.ts';
import { makeEgress } from '../egress/egress.ts';
import type { Examined } from '../executors/containers/examined.ts';
import type { DialNeeds } from '../executors/containers/end-needs.ts';
import { examineDocker } from '../executors/docker/examine.ts';
import { examineKubernetes } from '../executors/kubernetes/examine.ts';
import { makeReadSecret } from '../notify/read-secret.ts';
import type { Examining, Finding } from './finding.ts';

/** Returns what is looked at of where containers of agents run: one look for each place. */
export function looksAtContainers(
  { containers, allowNetworks }: Config,
  { credentials }: Examining,
): readonly (readonly [string, () => Promise<Finding>])[] {
  const allowed = allowNetworks.flatMap((text) => parseNetwork(text) ?? []);
  const readSecret = makeReadSecret(credentials);
  return Object.entries(containers).map(([name, target]) => {
    const look = async (): Promise<Finding> => {
      const egress = makeEgress({ allowed });
      try {
        return findingOf(await examine(target, { egress, readSecret }), name);
      } finally {
        await egress.close();
      }
    };
    return [`containers \`${name}\``, look] as const;
  });
}

function examine(target: ContainerTarget, needs: DialNeeds): Promise<Examined> {
  return target.kind === 'docker' ? examineDocker(target, needs) : examineKubernetes(target, needs);
}

function findingOf({ says, faults, warns }: Examined, name: string): Finding {
  const state = faults.length > 0 ? 'fail' : warns.length > 0 ? 'warn' : 'ok';
  if (state === 'ok') return { what: '', state, says, next: null };
  const all = [says, ...faults, ...warns].join('; ');
  const next = `mend \`containers.${name}\` before a halt needs it (docs/containers.md)`;
  return { what: '', state, says: all, next };
}
