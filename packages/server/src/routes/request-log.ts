import pino from 'pino';

/** One request as it is logged. `operation` is a route's name: paths and bodies are never kept. */
export type RequestLine = {
  readonly operation: string;
  readonly status: number;
  readonly code: string | null;
  /** Which check a token failed, and why; absent where there was none. */
  readonly check?: string;
  readonly why?: string;
  readonly caller: string | null;
  readonly agent: string | null;
  readonly ms: number;
};

/** Where the routes log. */
export type RequestLog = {
  readonly answered: (line: RequestLine) => void;
  /** A bug was met while a request was answered. */
  readonly failed: (operation: string, error: unknown) => void;
};

// What no line may hold, wherever a caller of the log puts it. A second wall: the lines above
// hold nothing of the kind.
const HIDDEN: readonly string[] = [
  'args',
  'authorization',
  'body',
  'headers',
  'principal',
  'result',
  'secret',
  'text',
  'token',
];

const KEY = /plk_[0-9a-f]{16}_[0-9a-f]+/g;

/** Returns a log of lines of JSON, without secrets, arguments and personal data. */
export function createLogger(destination: pino.DestinationStream, level = 'info'): pino.Logger {
  const paths = HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[hidden]' },
      serializers: { err: errorOf },
      hooks: { streamWrite: (line) => line.replaceAll(KEY, '[hidden]') },
    },
    destination,
  );
}

// A caller who is refused all the time must not fill the disk with it. Callers are keys that are
// known, and nobody; so these counts are bounded as well.
const MOST_LINES = 1_000;
const MINUTE_MS = 60_000;

/**
 * Returns a log of requests over a logger. What was refused is told louder than what went well,
 * and of one caller at most 1,000 times a minute; the next line says how many were left out.
 */
export function createRequestLog(
  logger: pino.Logger,
  clock: () => number = () => performance.now(),
): RequestLog {
  const windows = new Map<string, { lines: number; readonly since: number }>();
  const leftOut = (caller: string): number | null => {
    const now = clock();
    const window = windows.get(caller);
    if (window !== undefined && now - window.since < MINUTE_MS) {
      window.lines += 1;
      return window.lines <= MOST_LINES ? 0 : null;
    }
    windows.set(caller, { lines: 1, since: now });
    return Math.max(0, (window?.lines ?? 0) - MOST_LINES);
  };
  return {
    answered: (line) => {
      if (line.status < 400) {
        logger.debug(line, 'request answered');
        return;
      }
      const before = leftOut(line.caller ?? 'nobody');
      if (before === null) return;
      const told = before === 0 ? line : { ...line, leftOut: before };
      if (line.status >= 500) logger.error(told, 'request failed');
      else logger.warn(told, 'request refused');
    },
    failed: (operation, error) => logger.error({ operation, err: error }, 'request met a bug'),
  };
}

// An error's message may repeat the caller's words, so its class and where it rose is what is told.
function errorOf(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack = '' } = error;
  const head = `${name}: ${message}`;
  const places = stack.startsWith(head) ? stack.slice(head.length).split('\n') : [];
  return { type: name, stack: places.slice(1, 9).join('\n') };
}
