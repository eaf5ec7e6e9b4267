import pino from 'pino';

/** One request as it is logged. `operation` is a route's name: paths and bodies are never kept. */
export type RequestLine = {
  readonly operation: string;
  readonly status: number;
  readonly code: string | null;
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

/** Returns a log of requests over a logger. What was refused is told louder than what went well. */
export function createRequestLog(logger: pino.Logger): RequestLog {
  return {
    answered: (line) => {
      if (line.status >= 500) logger.error(line, 'request failed');
      else if (line.status >= 400) logger.warn(line, 'request refused');
      else logger.debug(line, 'request answered');
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
