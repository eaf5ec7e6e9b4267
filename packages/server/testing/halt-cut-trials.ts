import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { get, post, text } from './ask-daemon.ts';
import { makeCutNetwork, whyNoNetwork } from './cut-network.ts';
import { makeHome, mustStart } from './daemon-program.ts';
import { SUPPORT_PACT } from './guard-pact.ts';
import { startWorker, untilUnderWay } from './halt-processes.ts';
import { stampUs } from './halt-worker.ts';

/** What trials behind a cut network came to. Times are in milliseconds. */
export type CutReport = {
  readonly trials: number;
  readonly leaseMs: number;
  /** From the halt to the last action first forwarded behind the cut. */
  readonly lastMs: { readonly least: number; readonly most: number };
  readonly effectiveMs: { readonly least: number; readonly most: number };
  /** Actions first forwarded after somebody was told that the halt is effective. */
  readonly afterEffective: number;
  /** How many actions were forwarded behind the cut, after the halt. */
  readonly behind: number;
};

/** Halts an agent whose enforcement point holds permits behind a network that was just cut. */
export async function runCutTrials(trials: number, leaseMs: number): Promise<CutReport> {
  const network = makeCutNetwork();
  const home = makeHome({
    'guard.leaseMs': String(leaseMs),
    'listen.http': `${network.host}:0`,
    'listen.behindProxy': 'true',
  });
  try {
    const program = await mustStart(home);
    const { client, started } = program;
    const files = { 'a.yaml': SUPPORT_PACT };
    await post(client, 'agents', { agent: 'support' });
    const pact = { entry: 'a.yaml', files, mode: 'publish', reason: 'x' };
    await post(client, 'agents/support/pacts', pact);
    const key = await post(client, 'keys', { kind: 'agent', name: 'a', agents: ['support'] });
    const url = (started.url ?? '').replace('https:', 'http:');
    const worker = startWorker(
      {
        target: { kind: 'url', url, key: text(key['token']) },
        agent: 'support',
        name: 'behind',
        width: 1,
        callMs: 1,
        hoard: { permits: 200, everyMs: 5 },
      },
      network.inside,
    );
    await worker.said('ready');
    const seen: { last: number; effective: number; late: number; behind: number }[] = [];
    for (let at = 0; at < trials; at += 1) {
      const attested = { principal: 'ada', attributes: { customer_id: 'c-1' } };
      const session = text((await post(client, 'agents/support/sessions', attested))['session']);
      const under = untilUnderWay(worker, session);
      worker.tell({ kind: 'go', session });
      await under;
      await pause(50 + ((at * 37) % 300));
      network.cut();
      const since = stampUs();
      const halted = await post(client, 'agents/support/halt', { reason: 'a trial' });
      const view = await get(client, `halts/${text(halted['halt'])}?waitMs=30000`);
      const effective = stampUs();
      if (view['state'] !== 'effective') throw new Error(JSON.stringify(view));
      await pause(300);
      const handed = worker.said('forwarded');
      worker.tell({ kind: 'hand-over' });
      const stamps = (await handed).stamps.filter((stamp) => stamp > since);
      seen.push({
        last: stamps.length === 0 ? 0 : (Math.max(...stamps) - since) / 1_000,
        effective: (effective - since) / 1_000,
        late: stamps.filter((stamp) => stamp > effective).length,
        behind: stamps.length,
      });
      network.join();
      await post(client, 'agents/support/resume', { reason: 'next' });
    }
    worker.child.kill('SIGKILL');
    await program.end('SIGKILL');
    const range = (values: readonly number[]): { least: number; most: number } => {
      return { least: Math.min(...values), most: Math.max(...values) };
    };
    return {
      trials,
      leaseMs,
      lastMs: range(seen.map(({ last }) => last)),
      effectiveMs: range(seen.map(({ effective }) => effective)),
      afterEffective: seen.reduce((sum, { late }) => sum + late, 0),
      behind: seen.reduce((sum, { behind }) => sum + behind, 0),
    };
  } finally {
    network.remove();
    home.remove();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '20' },
      lease: { type: 'string', default: '1000' },
    },
  });
  const why = whyNoNetwork();
  if (why !== null) throw new Error(why);
  const report = await runCutTrials(Number(values.trials), Number(values.lease));
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exit(report.afterEffective === 0 && report.lastMs.most <= report.leaseMs ? 0 : 1);
}
