import { type Asked, type Fault, faultsOf } from '../containers/fault.ts';
import { forEach } from '../containers/rounds.ts';
import type { Selection } from '../containers/selection.ts';
import type { Cluster } from './cluster.ts';
import { type Listed, templateOf, type Workload, WORKLOADS } from './resources.ts';

/** What makes pods that a halt ends. */
export type Found = { readonly workload: Workload; readonly object: Listed };

/** What was found and told to make none. */
export type Stopped = {
  /** All of them, those that make none already included. */
  readonly own: readonly Found[];
  readonly left: number;
  readonly faults: readonly Fault[];
};

const AT_ONCE = 8;
/** No node bears this label, so that what is placed by it is placed nowhere. */
const NOWHERE = 'plumbline.halted';
const FINISHED: ReadonlySet<string> = new Set(['Complete', 'Failed']);

/**
 * Has everything whose pods a halt ends make none any more. What one pod was labelled by hand
 * stays: whoever made it makes the next one without that label.
 */
export async function endWorkloads(
  cluster: Cluster,
  namespaces: readonly (string | null)[],
  selection: Selection,
): Promise<Stopped> {
  const places = WORKLOADS.flatMap((workload) =>
    namespaces.map((namespace) => ({ workload, namespace })),
  );
  const listed = await forEach(places, AT_ONCE, async ({ workload, namespace }) => {
    return { workload, objects: await cluster.list(workload, namespace) };
  });
  const faults = [...faultsOf(listed.map(({ objects }) => objects))];
  const own = listed.flatMap(({ workload, objects }) => {
    const all = objects.ok ? objects.value : [];
    const meant = all.filter((object) =>
      selection.matches(templateOf(object)?.metadata.labels ?? {}),
    );
    return meant.map((object) => ({ workload, object }));
  });
  const active = own.filter(isActive);
  // What is made by another is made again by it, until that one was stopped.
  for (const isMade of [false, true]) {
    const turn = active.filter(({ workload }) => workload.isMade === isMade);
    faults.push(...faultsOf(await forEach(turn, AT_ONCE, (found) => stop(cluster, found))));
  }
  return { own, left: active.length, faults };
}

function isActive({ workload: { ends }, object }: Found): boolean {
  const { spec, status } = object;
  switch (ends) {
    case 'scale':
      return (spec.replicas ?? 1) > 0;
    case 'unplace':
      return templateOf(object)?.spec.nodeSelector[NOWHERE] === undefined;
    case 'suspend': {
      const { conditions = [] } = status;
      const isOver = conditions.some(({ type, status: of }) => FINISHED.has(type) && of === 'True');
      return spec.suspend !== true && !isOver;
    }
  }
}

function stop(cluster: Cluster, { workload, object }: Found): Promise<Asked<null>> {
  const { name, namespace } = object.metadata;
  const named = { namespace, name };
  switch (workload.ends) {
    case 'scale':
      return cluster.scaleToNone(workload, named);
    case 'suspend':
      return cluster.patch(workload, named, { spec: { suspend: true } });
    case 'unplace': {
      const nodeSelector = { [NOWHERE]: 'true' };
      return cluster.patch(workload, named, { spec: { template: { spec: { nodeSelector } } } });
    }
  }
}
