const ID = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/[A-Za-z0-9._-]+)+)$/;
const DOMAIN = /^spiffe:\/\/([a-z0-9._-]{1,255})$/;
const LONGEST = 2_048;

/**
 * Returns the trust domain of a workload's SPIFFE id, or undefined when it is none: no wildcards,
 * no empty, `.` or `..` segments. Source: the SPIFFE-ID standard, section 2.
 */
export function trustDomainOf(id: string): string | undefined {
  if (id.length > LONGEST) return undefined;
  const [, domain, path = ''] = ID.exec(id) ?? [];
  const isPlain = path.split('/').every((segment) => segment !== '.' && segment !== '..');
  return isPlain ? domain : undefined;
}

/** Returns the trust domain that `spiffe://<trust domain>` names, or undefined. */
export function trustDomainNamed(issuer: string): string | undefined {
  return DOMAIN.exec(issuer)?.[1];
}
