import type { KubernetesTarget } from '../../config/containers.ts';
import type { EndNeeds } from '../containers/end-needs.ts';
import { failedBy, type Fault, faultsOf } from '../containers/fault.ts';
import { endInRounds, forEach, type Round } from '../containers/rounds.ts';
import { selectionOf } from '../containers/selection.ts';
import type { Attempt, Halted } from '../executor.ts';
import type { Cluster } from './cluster.ts';
import { dialKubernetes } from './dial.ts';
import { endOwners } from './end-owners.ts';
import { deletePods, findPods } from './end-pods.ts';
import { endWorkloads } from './end-workloads.ts';
import type { Listed } from './resources.ts';
import { policiesOf } from './policies.ts';

const AT_ONCE = 8;

/** Ends what a halt ends in a cluster, and resolves when it was seen to stay so. */
export async function endOnKubernetes(
  target: KubernetesTarget,
  needs: EndNeeds,
  halted: Halted,
): Promise<Attempt> {
  const dialled = await dialKubernetes(target, needs);
  if (!dialled.ok) return failedBy(dialled.fault);
  const { cluster, close } = dialled.value;
  const deadlineMs = needs.pace.deadlineMs + target.graceSeconds * 1_000;
  const label = `${target.labels.agent}=${halted.agent}`;
  try {
    return await endInRounds(
      roundOf(cluster, target, halted),
      { ...needs.pace, deadlineMs },
      (count) => {
        return `${count} still there: \`kubectl get pods -A -l ${label}\``;
      },
    );
  } finally {
    await close();
  }
}

function roundOf(cluster: Cluster, target: KubernetesTarget, halted: Halted): () => Promise<Round> {
  const namespaces = target.namespaces ?? [null];
  const selection = selectionOf(halted, target.labels);
  const cut = makeCut(cluster, target, halted);
  const label = `${target.labels.agent}=${halted.agent}`;
  // Of who kept pods that are gone by now it is not known that they make no others.
  const seen = new Map<string, Listed>();
  return async () => {
    const [stopped, found] = await Promise.all([
      endWorkloads(cluster, namespaces, selection),
      findPods(cluster, namespaces, { selection, label }),
    ]);
    const made = stopped.own.map(({ object }) => object);
    for (const each of [...made, ...found.pods]) seen.set(each.metadata.uid, each);
    const [cutOff, kept] = await Promise.all([
      cut([...made, ...found.pods]),
      endOwners(cluster, [...seen.values()], selection),
    ]);
    const deleted = await deletePods(cluster, found.pods, target.graceSeconds);
    return {
      left: stopped.left + kept.left + found.pods.length,
      faults: [...stopped.faults, ...found.faults, ...cutOff, ...kept.faults, ...deleted],
    };
  };
}

/** Returns what cuts off the namespaces of what it is given, each of them once. */
function makeCut(
  cluster: Cluster,
  { cut, labels }: KubernetesTarget,
  halted: Halted,
): (objects: readonly Listed[]) => Promise<readonly Fault[]> {
  const done = new Set<string>();
  return async (objects) => {
    if (!cut) return [];
    const all = new Set(objects.map(({ metadata }) => metadata.namespace));
    const open = [...all].filter((namespace) => !done.has(namespace));
    const policies = policiesOf(halted, labels);
    const each = open.flatMap((namespace) => policies.map((policy) => ({ namespace, policy })));
    const made = await forEach(each, AT_ONCE, ({ namespace, policy }) => {
      return cluster.createPolicy(namespace, policy);
    });
    const faults = faultsOf(made);
    if (faults.length === 0) for (const namespace of open) done.add(namespace);
    return faults;
  };
}
