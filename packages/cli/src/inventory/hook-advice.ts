import type { Shell } from '../shell.ts';
import type { Looked } from './machine-options.ts';

type Server = Looked['machine']['servers'][number];
type Hook = Looked['machine']['hooks'][number];

/**
 * Returns how a client's hook has to be installed again, so that it leaves to the gateway what is
 * behind it and nothing else; each call would be decided and charged twice, or not at all.
 */
export function hookAdvice(
  { machine }: Looked,
  { governed, shell }: { readonly governed: readonly Server[]; readonly shell: Shell },
  freed: readonly Server[] = [],
): readonly string[] {
  return machine.hooks.flatMap((hook) => {
    const isHis = ({ client, project }: Server): boolean =>
      client === hook.client && (hook.project === null || hook.project === project);
    const added = governed.filter(isHis).map(({ name }) => name);
    const gone = freed.filter(isHis).map(({ name }) => name);
    const kept = hook.gateways.filter((name) => !gone.includes(name));
    const wanted = [...new Set([...kept, ...added])];
    const isAsItShouldBe = hook.gateways.includes('*') || String(wanted) === String(hook.gateways);
    if (hook.attested === null || isAsItShouldBe) return [];
    return [`${installLine(hook, wanted, shell)}  # so that each call is decided once`];
  });
}

function installLine(
  { client, project, attested }: Hook,
  gateways: readonly string[],
  { program }: Shell,
): string {
  const { agent, principal, task, prefix, waitSeconds } = attested ?? {};
  const options: readonly (readonly [string, string | number | null | undefined])[] = [
    ['--agent', agent],
    ['--principal', principal],
    ['--task', task],
    ['--prefix', prefix],
    ['--wait', waitSeconds === 45 ? null : waitSeconds],
    ['--scope', project === null ? null : 'project'],
  ];
  const told = options.flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [name, quoted(String(value))],
  );
  const rest = gateways.length === 0 ? [] : ['--gateway', ...gateways.map(quoted)];
  return [program, 'hook', client, 'install', ...told, ...rest].join(' ');
}

function quoted(word: string): string {
  return /^[\w.@/:-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
