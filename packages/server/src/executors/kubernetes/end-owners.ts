import { type Fault, lasting } from '../containers/fault.ts';
import type { Round } from '../containers/rounds.ts';
import type { Selection } from '../containers/selection.ts';
import type { Cluster } from './cluster.ts';
import { type Listed, type Owner, templateOf, WORKLOADS } from './resources.ts';

type Kept = { readonly owner: Owner; readonly namespace: string };

/**
 * Stops what no Kubernetes comes with and keeps pods, or what makes them, as it wants: whatever can
 * be scaled is scaled to none. Of anything else nobody can say that it does not make them again.
 */
export async function endOwners(
  cluster: Cluster,
  objects: readonly Listed[],
  selection: Selection,
): Promise<Round> {
  const kept = new Map<string, Kept>();
  for (const { metadata } of objects) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined || isKnown(owner)) continue;
    const { namespace } = metadata;
    kept.set(JSON.stringify([namespace, owner.apiVersion, owner.kind, owner.name]), {
      owner,
      namespace,
    });
  }
  const faults: Fault[] = [];
  let left = 0;
  for (const each of kept.values()) {
    const ended = await endOne(cluster, each, selection);
    left += ended.left;
    faults.push(...ended.faults);
  }
  return { left, faults };
}

function isKnown({ apiVersion, kind }: Owner): boolean {
  return WORKLOADS.some(({ group, version, kind: its }) => {
    return its === kind && apiVersion === (group === '' ? version : `${group}/${version}`);
  });
}

async function endOne(
  cluster: Cluster,
  { owner, namespace }: Kept,
  selection: Selection,
): Promise<Round> {
  const { apiVersion, kind, name } = owner;
  const served = await cluster.served(apiVersion, kind);
  if (!served.ok) return { left: 0, faults: [served.fault] };
  const unknown = lasting(`a ${kind} (${apiVersion}) keeps them and is none that can be stopped`);
  if (served.value?.isScaled !== true) return { left: 0, faults: [unknown] };
  const [group = '', version = ''] = apiVersion.split('/');
  const resource = { group, version, plural: served.value.plural };
  const object = await cluster.get(resource, { namespace, name });
  if (!object.ok) return { left: 0, faults: [object.fault] };
  if (object.value === null || object.value.spec.replicas === 0) return { left: 0, faults: [] };
  const labels = templateOf(object.value)?.metadata.labels ?? {};
  if (!selection.matches(labels)) return { left: 0, faults: [unknown] };
  const scaled = await cluster.scaleToNone(resource, { namespace, name });
  return { left: 1, faults: scaled.ok ? [] : [scaled.fault] };
}
