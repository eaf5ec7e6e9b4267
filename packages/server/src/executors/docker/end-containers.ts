import type { DockerTarget } from '../../config/containers.ts';
import { type Fault, faultsOf, lasting } from '../containers/fault.ts';
import { forEach, type Round } from '../containers/rounds.ts';
import type { Selection } from '../containers/selection.ts';
import type { ContainerDetail, Engine, EngineContainer, SwarmRole } from './engine.ts';

/** What is ended, and how. */
export type Ending = Pick<DockerTarget, 'graceSeconds' | 'cut' | 'remove' | 'labels'> & {
  readonly selection: Selection;
  readonly role: SwarmRole;
};

const AT_ONCE = 8;
const ALIVE: ReadonlySet<string> = new Set(['running', 'paused', 'restarting']);
/** Networks that a container cannot be taken from: its end is all there is. */
const UNCUTTABLE = /^(?:host|none|container:.*)$/;
const SERVICE_LABEL = 'com.docker.swarm.service.id';
const OF_A_SWARM =
  'a container is one of a swarm, which starts another: configure a manager of the swarm';

/** Returns what ends, once a round, the containers a halt ends on one engine. */
export function containerRounds(engine: Engine, ending: Ending): () => Promise<Round> {
  // What does not run and would not be started again is not looked at again.
  const settled = new Set<string>();
  let isPartOfSwarm = false;
  return async () => {
    const { selection, labels, role } = ending;
    const listed = await engine.containers(`${labels.agent}=${selection.agent}`);
    if (!listed.ok) return { left: 0, faults: [listed.fault] };
    const own = listed.value.filter((each) => selection.matches(each.labels));
    const open = own.filter(({ id, state }) => isAlive(state) || !settled.has(id));
    const ended = await forEach(open, AT_ONCE, async (each) => {
      const faults = await endOne(engine, each, ending);
      if (faults.length === 0 && !isAlive(each.state)) settled.add(each.id);
      return faults;
    });
    const alive = own.filter(({ state }) => isAlive(state));
    // The swarm starts another in its place, on whichever of its machines.
    isPartOfSwarm ||= alive.some(({ labels: its }) => Object.hasOwn(its, SERVICE_LABEL));
    const beyond = isPartOfSwarm && role !== 'manager' ? [lasting(OF_A_SWARM)] : [];
    return { left: alive.length, faults: [...ended.flat(), ...beyond] };
  };
}

function isAlive(state: string): boolean {
  return ALIVE.has(state);
}

async function endOne(
  engine: Engine,
  container: EngineContainer,
  ending: Ending,
): Promise<readonly Fault[]> {
  const { id, state } = container;
  const inspected = await engine.inspect(id);
  // One that cannot be looked at is killed all the same.
  const found = inspected.ok ? inspected.value : UNKNOWN;
  if (found === null) return [];
  const faults = inspected.ok ? [] : [inspected.fault];
  // It has to come first: what is killed under a policy is started again.
  const isKept = found.restart !== '' && found.restart !== 'no';
  if (isKept) faults.push(...faultsOf([await engine.neverRestart(id)]));
  if (isAlive(state)) {
    const ends = ending.graceSeconds === 0 ? engine.kill(id) : engine.stop(id, ending.graceSeconds);
    const cuts = networksOf(found, ending).map((network) => engine.disconnect(id, network));
    faults.push(...faultsOf(await Promise.all([ends, ...cuts])));
  }
  if (ending.remove) faults.push(...faultsOf([await engine.remove(id)]));
  return faults;
}

const UNKNOWN: ContainerDetail = { restart: 'unknown', networkMode: 'host', networks: [] };

function networksOf(
  { networkMode, networks }: ContainerDetail,
  { cut }: Ending,
): readonly string[] {
  if (!cut || UNCUTTABLE.test(networkMode)) return [];
  return networks.filter((name) => !UNCUTTABLE.test(name));
}
