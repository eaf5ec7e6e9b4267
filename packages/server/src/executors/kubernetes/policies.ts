import type { ContainerLabels } from '../../config/containers.ts';
import type { Halted } from '../executor.ts';

type Selector = {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions?: readonly object[];
};

// Source: Kubernetes, "Labels and Selectors", syntax of values.
const VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Returns the policies that let nothing in or out of what a halt ends, in any one namespace. */
export function policiesOf(halted: Halted, labels: ContainerLabels): readonly object[] {
  return selectorsOf(halted, labels).map((podSelector, index) => {
    const id = halted.halt.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-');
    const name = `plumbline-${id}-${halted.agent}-${index + 1}`.slice(0, 250);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, labels: { 'plumbline.halt': halted.halt } },
      spec: { podSelector, policyTypes: ['Ingress', 'Egress'] },
    };
  });
}

function selectorsOf(
  { agent, scope, target, sessions }: Halted,
  keys: ContainerLabels,
): readonly Selector[] {
  const own = { [keys.agent]: agent };
  const values = (sessions ?? []).filter((each) => VALUE.test(each));
  const listed: readonly Selector[] =
    values.length === 0
      ? []
      : [{ matchLabels: own, matchExpressions: [{ key: keys.session, operator: 'In', values }] }];
  // What is no value of a label is on no pod.
  const isValue = VALUE.test(target);
  switch (scope) {
    case 'agent':
    case 'fleet':
      return [{ matchLabels: own }];
    case 'session':
      return isValue ? [{ matchLabels: { ...own, [keys.session]: target } }] : [];
    case 'room':
      return isValue ? [{ matchLabels: { ...own, [keys.room]: target } }, ...listed] : listed;
    case 'task':
      return listed;
    case 'tool':
      return [];
  }
}
