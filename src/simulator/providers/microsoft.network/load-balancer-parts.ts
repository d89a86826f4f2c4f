// Microsoft.Network/loadBalancers/…: its parts as resources of their own. Pools and NAT rules are written by themselves as well,
// the others with the load balancer only. The word for a pool that a rule names is a guess.
import { nameOf, parentOf } from '../../gateway/address.ts';
import { clone, put } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';
import {
  checkNames,
  loadBalancerType,
  type PartList,
  settledPart,
  showNames,
  usersOfPart,
} from './load-balancer-document.ts';
import { backends, letGo, naming, showMachines } from './load-balancers.ts';
import { networkChild, touch } from './network-parts.ts';
import { inUseError } from './references.ts';

const readOnly = (member: PartList): ProviderType => ({
  ...networkChild,
  type: `${loadBalancerType}/${member}`,
  allows: { put: false, patch: false, delete: false },
});

const written = (member: 'backendAddressPools' | 'inboundNatRules'): ProviderType => ({
  ...networkChild,
  type: `${loadBalancerType}/${member}`,
  holds: parentOf,
  replace({ before, body, id, store }) {
    const sent = clone(body);
    put(sent, 'name', nameOf(id));
    const next = settledPart(parentOf(id), member, sent, before);
    checkNames(store.get(parentOf(id)), [next]);
    return next;
  },
  stored: shown,
  gone(store, id, newId) {
    shown(store, id, newId);
    letGo(store, id, newId);
  },
});

/** After a part was written or went: the others show who names them now. */
function shown(store: Store, id: string, newId: () => string): void {
  const balancer = store.get(parentOf(id));
  if (balancer) showNames(balancer);
  touch(store, id, newId);
}

export const loadBalancerParts: readonly ProviderType[] = [
  readOnly('frontendIPConfigurations'),
  readOnly('loadBalancingRules'),
  readOnly('probes'),
  readOnly('outboundRules'),
  {
    ...written('backendAddressPools'),
    shape: { properties: backends },
    mayDelete({ id, store }) {
      const users = usersOfPart(store.get(parentOf(id)), 'backendAddressPools', id);
      if (users.length > 0)
        throw inUseError('InUseBackendAddressPoolCannotBeDeleted', 'Backend address pool', id, users);
    },
    show({ store }, body) {
      showMachines(store, body);
      return body;
    },
  },
  { ...written('inboundNatRules'), shape: { properties: { ...naming, protocol: 'text' } } },
];
