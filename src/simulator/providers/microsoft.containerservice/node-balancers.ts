// A cluster's load balancers when the front end of scoring changes: it moves from `kubernetes` to
// `kubernetes-internal` or back, and the one that serves nothing is deleted. Clusters whose load balancers were not read are
// given none in public: only what is made here is known.
import { fold, sameId } from '../../gateway/address.ts';
import { list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { partsIn } from '../microsoft.network/load-balancer-document.ts';
import { placeInSubnets } from '../microsoft.network/references.ts';
import {
  addressDocument,
  addressId,
  balancerDocument,
  balancerId,
  groupDocument,
  type Met,
  type NodeGroup,
} from './node-balancer-documents.ts';

/** The resource group of a cluster's nodes; undefined where the cluster does not name it. */
function nodeGroupOf(store: Store, clusterId: string, newId: () => string): NodeGroup | undefined {
  const cluster = store.get(clusterId);
  const name = text(cluster, 'properties', 'nodeResourceGroup');
  const subscription = clusterId.slice(0, fold(clusterId).indexOf('/resourcegroups/'));
  if (name === undefined || subscription === '') return undefined;
  return { id: `${subscription}/resourceGroups/${name}`, region: text(cluster, 'location') ?? '', newId };
}

/** The load balancer of a cluster that was just made, with its way out and the front end of what is to be served there. */
export function balancerMade(
  store: Store,
  clusterId: string,
  addresses: readonly [string, string],
  newId: () => string,
) {
  const group = nodeGroupOf(store, clusterId, newId);
  if (!group) return;
  if (!store.holds(group.id)) store.set(group.id, groupDocument(group, clusterId));
  const [wayOut, front] = [newId(), frontName(newId)];
  store.set(addressId(group.id, wayOut), addressDocument(group, wayOut, addresses[0]));
  store.set(addressId(group.id, front), addressDocument(group, front, addresses[1]));
  const body = balancerDocument(group, 'public', [{ name: front, met: 'public' }], wayOut);
  store.set(idOf(body), body);
}

/** The group of the nodes goes with its cluster. */
export function nodeGroupGone(store: Store, clusterId: string, newId: () => string): void {
  const group = nodeGroupOf(store, clusterId, newId);
  if (!group) return;
  store.remove(group.id);
  placeInSubnets(store, balancerId(group.id, 'internal'), newId);
}

/** Scoring on a cluster is met here from now on. `address`: the public one where it is met in public. */
export function frontEndMoved(store: Store, clusterId: string, met: Met, address: string, newId: () => string): void {
  const group = nodeGroupOf(store, clusterId, newId);
  if (!group) return;
  const name = frontOf(store, group.id) ?? frontName(newId);
  const [open, inside] = [balancerId(group.id, 'public'), balancerId(group.id, 'internal')];
  const isMoved = met === 'public' ? store.holds(inside) : !isMetAt(store, inside, met.subnet);
  if (isMoved) {
    if (met === 'public') store.remove(inside);
    else store.set(inside, balancerDocument(group, 'internal', [{ name, met }]));
    if (!store.holds(group.id)) store.set(group.id, groupDocument(group, clusterId));
    placeInSubnets(store, inside, newId);
  }
  const before = store.get(open);
  if (!before) return;
  const served = partsIn(before, 'loadBalancingRules').length > 0;
  if (served === (met === 'public')) return;
  const wayOut = text(partsIn(before, 'frontendIPConfigurations').find(isWayOut), 'name');
  store.set(open, balancerDocument(group, 'public', met === 'public' ? [{ name, met }] : [], wayOut));
  if (met === 'public') store.set(addressId(group.id, name), addressDocument(group, name, address));
  else store.remove(addressId(group.id, name));
}

const frontName = (newId: () => string): string => `a${newId().replaceAll('-', '').slice(0, 31)}`;
const isWayOut = (frontend: Parameters<typeof list>[0]): boolean =>
  list(frontend, 'properties', 'outboundRules').length > 0;

/** The front end that serves, on either of the two. */
function frontOf(store: Store, group: string): string | undefined {
  const fronts = (['public', 'internal'] as const).flatMap((kind) =>
    partsIn(store.get(balancerId(group, kind)), 'frontendIPConfigurations'),
  );
  return text(
    fronts.find((front) => !isWayOut(front)),
    'name',
  );
}

const isMetAt = (store: Store, balancer: string, subnet: string): boolean =>
  partsIn(store.get(balancer), 'frontendIPConfigurations').some((front) =>
    sameId(text(front, 'properties', 'subnet', 'id') ?? '', subnet),
  );
