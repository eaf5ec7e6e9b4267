import { type Fault, faultsOf, lasting } from '../containers/fault.ts';
import { forEach } from '../containers/rounds.ts';
import type { Selection } from '../containers/selection.ts';
import type { Cluster } from './cluster.ts';
import { type Listed, PODS } from './resources.ts';

/** Pods that a halt ends, and were told to. */
export type Ended = { readonly pods: readonly Listed[]; readonly faults: readonly Fault[] };

const AT_ONCE = 16;
const OVER: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);
// Source: Kubernetes, "Create static Pods": what shows them there cannot end them.
const MIRROR = 'kubernetes.io/config.mirror';
const STATIC = 'a static pod is ended on its node, by taking its manifest away';

/** Returns the pods that run of what a halt ends. */
export async function findPods(
  cluster: Cluster,
  namespaces: readonly (string | null)[],
  { selection, label }: { readonly selection: Selection; readonly label: string },
): Promise<Ended> {
  const listed = await forEach(namespaces, AT_ONCE, (namespace) =>
    cluster.list(PODS, namespace, label),
  );
  const all = listed.flatMap((each) => (each.ok ? each.value : []));
  const pods = all.filter(({ metadata, status }) => {
    return selection.matches(metadata.labels) && !OVER.has(status.phase ?? '');
  });
  return { pods, faults: faultsOf(listed) };
}

/** Deletes pods, with less grace than they are being deleted with already where that is longer. */
export async function deletePods(
  cluster: Cluster,
  pods: readonly Listed[],
  graceSeconds: number,
): Promise<readonly Fault[]> {
  const isStatic = ({ metadata }: Listed): boolean => Object.hasOwn(metadata.annotations, MIRROR);
  const open = pods.filter((pod) => {
    const { deletionGracePeriodSeconds: grace } = pod.metadata;
    return !isStatic(pod) && (grace === undefined || grace > graceSeconds);
  });
  const deleted = await forEach(open, AT_ONCE, (pod) => cluster.deletePod(pod, graceSeconds));
  return [...faultsOf(deleted), ...(pods.some(isStatic) ? [lasting(STATIC)] : [])];
}
