import { AGENT_USER, hostileAgent, startAgent } from './sandbox-scene.ts';
import { sandboxMachine } from '../src/supervisor/sandbox/needs.ts';

/** What a worker is told: to start one hostile agent. */
export type RunOrder = { readonly socket: string; readonly work: string; readonly port: number };

/** What it tells: which process is the first of the sandbox, and how the agent ended. */
export type RunSaid =
  | { readonly kind: 'started'; readonly init: number; readonly session: string }
  | { readonly kind: 'ended'; readonly why: string };

/** Starts what it is told of, one agent after the other, each supervised by this program. */
async function serve({ socket, work, port }: RunOrder): Promise<void> {
  const found = sandboxMachine();
  if (!('machine' in found)) throw new Error(found.why);
  const host = `far.example:${port}`;
  const run = await startAgent({
    socket,
    work,
    machine: found.machine,
    command: hostileAgent(host),
    hosts: [host],
    networks: ['127.0.0.0/8'],
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
  const { init, session } = run;
  process.send?.({ kind: 'started', init, session } satisfies RunSaid);
  const { why } = await run.done;
  process.send?.({ kind: 'ended', why } satisfies RunSaid);
}

if (import.meta.main) {
  if (AGENT_USER.uid === 0) throw new Error('agents are never root');
  process.on('message', (order: RunOrder) => {
    serve(order).catch((cause: unknown) => {
      process.stderr.write(`${String(cause)}\n`);
      process.exit(1);
    });
  });
}
