import { readdirSync, readFileSync } from 'node:fs';

/** Returns the processor time a program has taken so far, in µs, all of its threads together. */
export function cpuUsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const ns = threads.map((thread) => {
    const [taken] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(taken);
  });
  return ns.reduce((sum, each) => sum + each, 0) / 1_000;
}

/** Returns the program that another one started, which must have started one alone. */
export function childOf(parent: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = pids.filter((pid) => parentOf(pid) === parent);
  const [only, ...others] = children;
  if (only === undefined || others.length > 0) {
    throw new Error(`program ${parent} has ${children.length} children, not one`);
  }
  return Number(only);
}

function parentOf(pid: string): number {
  try {
    // The name, in brackets, may hold anything: what follows the last bracket is counted.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch (error) {
    // It ended in between.
    if (error instanceof Error && 'code' in error) return 0;
    throw error;
  }
}
