import { benchGuard } from './guard.bench.ts';
import { benchHttp } from './http.bench.ts';
import { benchLedger } from './ledger.bench.ts';
import type { ServerBench } from './section.ts';

/** Every benchmark of the server, in the order of the page. */
export const BENCHES: readonly ServerBench[] = [
  { name: 'ledger', run: benchLedger },
  { name: 'guard', run: benchGuard },
  { name: 'http', run: benchHttp },
];
