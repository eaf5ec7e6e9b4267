import type { KubernetesTarget } from '../../config/containers.ts';
import type { DialNeeds } from '../containers/end-needs.ts';
import type { Examined } from '../containers/examined.ts';
import { faultsOf } from '../containers/fault.ts';
import { forEach } from '../containers/rounds.ts';
import type { Cluster, Right } from './cluster.ts';
import { dialKubernetes } from './dial.ts';
import { PODS, POLICIES, type Workload, WORKLOADS } from './resources.ts';

const AT_ONCE = 8;

/** Looks at whether a cluster would end what a halt asks of it, and ends nothing. */
export async function examineKubernetes(
  target: KubernetesTarget,
  needs: DialNeeds,
): Promise<Examined> {
  const dialled = await dialKubernetes(target, needs);
  if (!dialled.ok) return { says: 'Kubernetes', faults: [dialled.fault.why], warns: [] };
  const { cluster, close } = dialled.value;
  try {
    const version = await cluster.version();
    if (!version.ok) return { says: cluster.where, faults: [version.fault.why], warns: [] };
    const faults = await missingRights(cluster, target);
    return { says: `${cluster.where} is Kubernetes ${version.value}`, faults, warns: [] };
  } finally {
    await close();
  }
}

async function missingRights(
  cluster: Cluster,
  { namespaces, cut }: KubernetesTarget,
): Promise<readonly string[]> {
  const rights = [...WORKLOADS.flatMap(rightsOf), ...ofPods, ...(cut ? [toCut] : [])];
  const places = (namespaces ?? [null]).flatMap((namespace) => {
    return rights.map((right) => ({ right, namespace }));
  });
  const asked = await forEach(places, AT_ONCE, async ({ right, namespace }) => {
    const answer = await cluster.mayI(right, namespace);
    return { answer, words: wordsOf(right, namespace) };
  });
  const faults = faultsOf(asked.map(({ answer }) => answer)).map(({ why }) => why);
  const missing = asked.flatMap(({ answer, words }) => (answer.ok && !answer.value ? [words] : []));
  return [...new Set([...faults, ...missing])];
}

const ofPods: readonly Right[] = [
  { verb: 'list', resource: PODS },
  { verb: 'delete', resource: PODS },
];
const toCut: Right = { verb: 'create', resource: POLICIES };

function rightsOf(resource: Workload): readonly Right[] {
  const patch = { verb: 'patch', resource } as const;
  const isScaled = resource.ends === 'scale';
  return [{ verb: 'list', resource }, isScaled ? { ...patch, subresource: 'scale' } : patch];
}

function wordsOf(
  { verb, resource: { group, plural }, subresource }: Right,
  namespace: string | null,
): string {
  const what = subresource === undefined ? plural : `${plural}/${subresource}`;
  const whole = group === '' ? what : `${what}.${group}`;
  const where = namespace === null ? 'in every namespace' : `in namespace \`${namespace}\``;
  return `it may not ${verb} ${whole} ${where}`;
}
