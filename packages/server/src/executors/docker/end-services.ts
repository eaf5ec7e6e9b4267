import { faultsOf } from '../containers/fault.ts';
import { forEach, type Round } from '../containers/rounds.ts';
import type { Selection } from '../containers/selection.ts';
import type { Engine, EngineService, ServiceSpec } from './engine.ts';

/** No node has this id, so that what is placed by it is placed nowhere. */
const NOWHERE = 'node.id==halted-by-plumbline';
const AT_ONCE = 8;

/**
 * Ends what a swarm would start again wherever one of its containers ends: services of so many
 * replicas get none, what runs on every node is placed on none.
 */
export async function endServices(engine: Engine, selection: Selection): Promise<Round> {
  const listed = await engine.services();
  if (!listed.ok) return { left: 0, faults: [listed.fault] };
  const own = listed.value.filter(({ spec }) => selection.matches(labelsOf(spec)));
  if (own.length === 0) return { left: 0, faults: [] };
  const open = own.flatMap((service) => {
    const spec = endedSpec(service.spec);
    return spec === null ? [] : [{ ...service, spec }];
  });
  const updated = await forEach(open, AT_ONCE, (service) => engine.updateService(service));
  const tasks = await engine.tasks(own.map(({ id }) => id));
  const faults = faultsOf([...updated, tasks]);
  return { left: open.length + (tasks.ok ? tasks.value : 0), faults };
}

// The container's labels are what a task bears; the service's own are for whoever lists services.
function labelsOf({ Labels, TaskTemplate }: ServiceSpec): EngineService['spec']['Labels'] {
  return { ...Labels, ...TaskTemplate.ContainerSpec?.Labels };
}

/** Returns the specification that runs nothing, or null where this one does not. */
function endedSpec(spec: ServiceSpec): ServiceSpec | null {
  const { Replicated, ReplicatedJob } = spec.Mode;
  if (Replicated !== undefined) {
    if (Replicated['Replicas'] === 0) return null;
    return { ...spec, Mode: { Replicated: { ...Replicated, Replicas: 0 } } };
  }
  if (ReplicatedJob !== undefined) {
    const none = { MaxConcurrent: 0, TotalCompletions: 0 };
    return ReplicatedJob['MaxConcurrent'] === 0 ? null : { ...spec, Mode: { ReplicatedJob: none } };
  }
  const { Placement = {} } = spec.TaskTemplate;
  const before = Placement.Constraints ?? [];
  if (before.includes(NOWHERE)) return null;
  const placed = { ...Placement, Constraints: [...before, NOWHERE] };
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, Placement: placed } };
}
