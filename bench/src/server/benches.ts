import { benchConsole } from './console.bench.ts';
import { benchGrowth } from './growth.bench.ts';
import { benchGuard } from './guard.bench.ts';
import { benchHttp } from './http.bench.ts';
import { benchLedger } from './ledger.bench.ts';
import { benchLone } from './lone.bench.ts';
import { benchMcp } from './mcp.bench.ts';
import type { ServerBench } from './section.ts';
import { benchSessions } from './sessions.bench.ts';
import { benchVerify } from './verify.bench.ts';

/** Every benchmark of the server, in the order of the page. */
export const BENCHES: readonly ServerBench[] = [
  { name: 'ledger', run: benchLedger },
  { name: 'growth', run: benchGrowth },
  { name: 'guard', run: benchGuard },
  { name: 'lone', run: benchLone },
  { name: 'http', run: benchHttp },
  { name: 'mcp', run: benchMcp },
  { name: 'verify', run: benchVerify },
  { name: 'sessions', run: benchSessions },
  { name: 'console', run: benchConsole },
];
