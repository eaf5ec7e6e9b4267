import { createServer, type Server } from 'node:net';

// Run inside the sandbox's network before the agent is: opens the only two ports there are, hands
// them to the supervisor outside, which serves them from there, and ends. Nothing of ours runs
// beside the agent.

/** The ports the agent is told of. */
export const PORTS = { proxy: 3128, gateway: 7411 } as const;

/** What stands in the place of a name while a port is handed over. */
export type Handed = { readonly port: keyof typeof PORTS };

function listenOn(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server));
  });
}

function handOver(port: keyof typeof PORTS, server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = (error: Error | null): void => (error === null ? resolve() : reject(error));
    process.send?.({ port } satisfies Handed, server, {}, sent);
  });
}

if (import.meta.main) {
  const taken = new Promise<void>((resolve) => process.once('message', () => resolve()));
  await handOver('proxy', await listenOn(PORTS.proxy));
  await handOver('gateway', await listenOn(PORTS.gateway));
  await taken;
  process.exit(0);
}
