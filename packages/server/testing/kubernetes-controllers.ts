import type { ClusterState, Kept, Texts } from './kubernetes-api.ts';

/** The template of what an object makes. */
type Template = {
  readonly metadata?: { readonly labels?: Texts };
  readonly spec?: { readonly nodeSelector?: Texts };
};

/** Does once what the controllers of a cluster do all the time. */
export function reconcile(state: ClusterState): void {
  for (const object of state.objects.slice()) {
    if (object.of === 'apps/deployments') scaleSets(state, object);
    if (object.of === 'batch/cronjobs') makeJob(state, object);
  }
  for (const object of state.objects.slice()) {
    const wanted = wantedPods(object);
    if (wanted !== null) makePods(state, object, wanted);
  }
}

function ownerOf({ kind, of, metadata: { name, uid } }: Kept): object {
  const [group = ''] = of.split('/');
  const version = group === 'example.com' ? 'v1alpha1' : 'v1';
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, kind, name, uid, controller: true };
}

function ownedBy(state: ClusterState, { metadata: { uid } }: Kept, of: string): readonly Kept[] {
  return state.objects.filter(({ of: its, metadata: { ownerReferences = [] } }) => {
    return its === of && ownerReferences.some((owner) => Reflect.get(owner, 'uid') === uid);
  });
}

function scaleSets(state: ClusterState, deployment: Kept): void {
  for (const set of ownedBy(state, deployment, 'apps/replicasets')) {
    set.spec['replicas'] = deployment.spec['replicas'];
  }
}

function makeJob(state: ClusterState, cron: Kept): void {
  if (cron.spec['suspend'] === true || ownedBy(state, cron, 'batch/jobs').length > 0) return;
  const template = Reflect.get(
    Object(Reflect.get(Object(cron.spec['jobTemplate']), 'spec')),
    'template',
  );
  add(state, ['batch/jobs', 'Job'], cron, { spec: { template } });
}

function wantedPods({ of, spec, status }: Kept): number | null {
  // What makes pods has a template of this form; the server refused anything else.
  const template = spec['template'] as Template | undefined;
  const replicas = Number(spec['replicas'] ?? 1);
  switch (of) {
    case 'apps/replicasets':
    case 'apps/statefulsets':
    case '/replicationcontrollers':
    case 'example.com/rollouts':
      return replicas;
    case 'batch/jobs':
      return spec['suspend'] === true || status !== undefined ? 0 : 1;
    case 'apps/daemonsets':
      return template?.spec?.nodeSelector === undefined ? 1 : 0;
    default:
      return null;
  }
}

function makePods(state: ClusterState, maker: Kept, wanted: number): void {
  const pods = ownedBy(state, maker, '/pods').filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  for (const pod of pods.slice(wanted)) removePod(state, pod, 30);
  for (let count = pods.length; count < wanted; count += 1) {
    const template = maker.spec['template'] as Template | undefined;
    const labels = template?.metadata?.labels ?? {};
    add(state, ['/pods', 'Pod'], maker, { labels, spec: {} });
  }
}

function add(
  state: ClusterState,
  [of, kind]: readonly [string, string],
  maker: Kept,
  { labels, spec }: { readonly labels?: Texts; readonly spec: Kept['spec'] },
): void {
  state.made += 1;
  const { namespace } = maker.metadata;
  const name = `${maker.metadata.name}-${state.made}`;
  const uid = `uid-${state.made}`;
  const ownerReferences = [ownerOf(maker)];
  const bare = { name, namespace, uid, resourceVersion: `${state.made}`, ownerReferences };
  const metadata = labels === undefined ? bare : { ...bare, labels };
  const kept: Kept = { of, kind, metadata, spec };
  if (of === '/pods') kept.status = { phase: 'Running' };
  state.objects.push(kept);
}

/** Has a pod end: at once without a grace, else when its node says so. */
export function removePod(state: ClusterState, pod: Kept, graceSeconds: number): void {
  if (graceSeconds > 0) {
    pod.metadata.deletionTimestamp = new Date(0).toISOString();
    pod.metadata.deletionGracePeriodSeconds = graceSeconds;
    if (state.areNodesAway || graceSeconds > 5) return;
  }
  state.objects.splice(state.objects.indexOf(pod), 1);
}
