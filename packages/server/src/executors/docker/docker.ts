import type { DockerTarget } from '../../config/containers.ts';
import { endInRounds, type Pace, type Round } from '../containers/rounds.ts';
import { selectionOf } from '../containers/selection.ts';
import type { Attempt, Halted } from '../executor.ts';
import { failedBy } from '../containers/fault.ts';
import type { EndNeeds } from '../containers/end-needs.ts';
import { dialDocker } from './dial.ts';
import { containerRounds } from './end-containers.ts';
import { endServices } from './end-services.ts';
import type { Engine } from './engine.ts';

/** Ends what a halt ends on an engine of Docker, and resolves when it was seen to stay so. */
export async function endOnDocker(
  target: DockerTarget,
  needs: EndNeeds,
  halted: Halted,
): Promise<Attempt> {
  const dialled = await dialDocker(target, needs);
  if (!dialled.ok) return failedBy(dialled.fault);
  const { engine, close } = dialled.value;
  try {
    return await endAll(engine, target, { halted, pace: needs.pace });
  } finally {
    close();
  }
}

async function endAll(
  engine: Engine,
  target: DockerTarget,
  { halted, pace }: { readonly halted: Halted; readonly pace: Pace },
): Promise<Attempt> {
  const asked = await engine.role();
  // An engine that does not say what it is to a swarm still ends its containers.
  const role = asked.ok ? asked.value : 'none';
  const selection = selectionOf(halted, target.labels);
  const containers = containerRounds(engine, { ...target, selection, role });
  const round = async (): Promise<Round> => {
    // A swarm starts another for each that ends, so what it wants comes first.
    const services = role === 'manager' ? await endServices(engine, selection) : NOTHING;
    const own = await containers();
    const faults = [...services.faults, ...own.faults, ...(asked.ok ? [] : [asked.fault])];
    return { left: own.left + services.left, faults };
  };
  const deadlineMs = pace.deadlineMs + target.graceSeconds * 1_000;
  return endInRounds(round, { ...pace, deadlineMs }, (count) => {
    const label = `${target.labels.agent}=${halted.agent}`;
    return `${count} still there: \`docker ps --filter label=${label}\``;
  });
}

const NOTHING: Round = { left: 0, faults: [] };
