// What is wrong with a registry, where several worlds have the same wrong.
import { registry } from './names.ts';
import type { WorldFault } from './world.ts';

/** A registry as it is born: below Premium, so open to everybody. */
export const bornOpen: readonly WorldFault[] = [
  { rule: 'acr.sku-premium', resource: registry, says: 'It is Basic, which takes no rules.' },
  { rule: 'acr.default-action-deny', resource: registry, says: 'It admits every network, as all below Premium do.' },
];

/** These subnets are neither named by the registry nor ready to be. */
export const subnetsShutOut = (subnets: readonly string[]): WorldFault[] =>
  subnets.flatMap((where) => [
    {
      rule: 'acr.vnet-rule-compute-subnet',
      resource: registry,
      where,
      says: 'The registry does not name this compute subnet.',
    },
    { rule: 'acr.subnet-service-endpoint', resource: registry, where, says: 'The subnet has no registry endpoint.' },
  ]);
