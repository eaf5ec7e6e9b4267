import { type DockerTarget, printHost } from '../../config/containers.ts';
import type { DialNeeds } from '../containers/end-needs.ts';
import type { Examined } from '../containers/examined.ts';
import { type Asked, faultsOf } from '../containers/fault.ts';
import { dialDocker } from './dial.ts';
import type { Engine } from './engine.ts';

/** Of no container and no network, so that whoever may ask is told that there is none. */
const NOBODY = '0'.repeat(64);

/** Looks at whether an engine would end what a halt asks of it, and ends nothing. */
export async function examineDocker(target: DockerTarget, needs: DialNeeds): Promise<Examined> {
  const dialled = await dialDocker(target, needs);
  const where = printHost(target.host);
  if (!dialled.ok) return { says: where, faults: [dialled.fault.why], warns: [] };
  const { engine, close } = dialled.value;
  try {
    const role = await engine.role();
    const listed = await engine.containers(target.labels.agent);
    const tried: Asked<unknown>[] = [role, listed, ...(await tryAll(engine, target))];
    if (role.ok && role.value === 'manager') tried.push(await engine.services());
    const faults = faultsOf(tried).map(({ why }) => why);
    const count = listed.ok ? listed.value.length : 0;
    const bearing = `containers with \`${target.labels.agent}\`: ${count}`;
    const says = `${where} speaks ${engine.version}; ${bearing}`;
    const isWorker = role.ok && role.value === 'worker';
    const warns = isWorker ? ['its swarm is led elsewhere: configure a manager of it too'] : [];
    return { says, faults: [...new Set(faults)], warns };
  } finally {
    close();
  }
}

function tryAll(engine: Engine, target: DockerTarget): Promise<readonly Asked<null>[]> {
  const { graceSeconds, cut, remove } = target;
  return Promise.all([
    engine.neverRestart(NOBODY),
    graceSeconds === 0 ? engine.kill(NOBODY) : engine.stop(NOBODY, graceSeconds),
    ...(cut ? [engine.disconnect(NOBODY, NOBODY)] : []),
    ...(remove ? [engine.remove(NOBODY)] : []),
  ]);
}
