import { createInterface } from 'node:readline';

import { type Account, openOidcScene } from './oidc-scene.ts';

// A provider as a program of its own, for tests in a browser. It prints its address, and takes one
// JSON object a line: `{"account": {…}}` is who signs in from now on, null turns away;
// `{"turn": "off"}` ends its answers. It says `done` to each, and ends with its input.
const scene = await openOidcScene();
process.stdout.write(`${scene.issuer}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  // Only the tests' own harness writes here.
  const order = JSON.parse(line) as { account?: Account | null; turn?: 'on' | 'off' };
  if (order.account !== undefined) scene.let(order.account);
  if (order.turn !== undefined) scene.turn(order.turn);
  process.stdout.write('done\n');
}
await scene.close();
