import { refuse, route, type Route } from '../route.ts';

// Spelt out, so that no decoding, no dots and no second slash can lead anywhere else.
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/;

/** Returns whether a path below `/log/` is one spelt-out file. */
export function isLogPath(path: string): boolean {
  return path.length <= 512 && path.split('/').every((segment) => SEGMENT.test(segment));
}

/** One of the log's static files. */
export const getLogFile: Route = route({
  name: 'getLogFile',
  method: 'GET',
  path: '/log/{file}',
  rights: ['read'],
  reach: 'node',
  summary: "the log's static files; without a key unless the log is configured to need one",
  answer: { status: 200, type: 'application/octet-stream' },
  codes: ['not-found', 'overloaded'],
  handle: async ({ staticFile, settings }, { params: { file } }) => {
    const found = isLogPath(file) ? await staticFile(file) : undefined;
    if (found === undefined) return refuse({ code: 'not-found', detail: 'there is no such file' });
    const whose = settings.isLogOpen ? 'public' : 'private';
    const changes = found.isImmutable ? ', immutable' : '';
    const cache = `${whose}, max-age=${found.cacheSeconds}${changes}`;
    return { kind: 'bytes', type: found.mediaType, bytes: found.bytes, cache };
  },
});
