import { runDemonstration } from './run-demonstration.ts';

process.exitCode = await runDemonstration({
  port: Number(process.env['PLUMBLINE_DEMO_PORT'] ?? '7411'),
  say: (line) => process.stdout.write(`${line}\n`),
  until: new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  }),
});
