/** W3C Trace Context ids: 32 and 16 hex digits. */
export type Trace = { readonly traceId: string; readonly spanId: string };
