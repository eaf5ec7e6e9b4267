import type { ContainerTarget, ContainerTargets } from '../../config/containers.ts';
import type { Attempt, Executor, Halted } from '../executor.ts';
import { loadDocker } from '../docker/dial.ts';
import { endOnDocker } from '../docker/docker.ts';
import { examineDocker } from '../docker/examine.ts';
import { loadKubernetes } from '../kubernetes/dial.ts';
import { examineKubernetes } from '../kubernetes/examine.ts';
import { endOnKubernetes } from '../kubernetes/kubernetes.ts';
import type { DialNeeds, EndNeeds } from './end-needs.ts';
import type { Pace } from './rounds.ts';

/** A try looks until then; it has counted as done only when nothing was there twice in a row. */
const PACE: Pace = { deadlineMs: 15_000, pauseMs: 50, settleMs: 250 };
const RETRIES = { most: 8, afterMs: 250 } as const;
/** A halt of the fleet ends the containers of every agent: not all of them at once. */
const AT_ONCE = 8;

/**
 * Returns the executors that end the containers of halted agents. They wait for nothing else: what
 * an agent runs in may act without asking anybody.
 */
export async function containerEnders(
  targets: ContainerTargets,
  dial: DialNeeds,
): Promise<readonly Executor[]> {
  const needs = { ...dial, pace: PACE };
  const kinds = new Set(Object.values(targets).map(({ kind }) => kind));
  if (kinds.has('docker')) await loadDocker();
  if (kinds.has('kubernetes')) await loadKubernetes();
  return Object.entries(targets).map(([name, target]) => {
    const take = turnstile(AT_ONCE);
    return {
      name: `containers-${name}`,
      order: 0,
      isFollowed: false,
      concerns: (halted) => isConcerned(target, halted),
      execute: (halted) => take(() => end(target, needs, halted)),
      check: () => take(() => look(target, dial)),
      retries: RETRIES,
    };
  });
}

function isConcerned({ agents }: ContainerTarget, { agent, scope, sessions }: Halted): boolean {
  if (scope === 'tool') return false;
  if (scope === 'task' && sessions?.length === 0) return false;
  return agents?.includes(agent) ?? true;
}

function end(target: ContainerTarget, needs: EndNeeds, halted: Halted): Promise<Attempt> {
  return target.kind === 'docker'
    ? endOnDocker(target, needs, halted)
    : endOnKubernetes(target, needs, halted);
}

/** Looks at what ending would take, and ends nothing. */
async function look(target: ContainerTarget, dial: DialNeeds): Promise<Attempt> {
  const { faults } =
    target.kind === 'docker'
      ? await examineDocker(target, dial)
      : await examineKubernetes(target, dial);
  const [why] = faults;
  return why === undefined ? { state: 'done' } : { state: 'failed', why };
}

function turnstile(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (inside >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    }
  };
}
