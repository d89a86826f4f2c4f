// Resources and sizes of the snapshot that a command may name, for completions and forms.

import type { KnownWord, KnownWords } from '../../command/completion.ts';
import { pathEndTypes } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, typeOf } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { counted } from '../../model/text.ts';
import {
  computeView,
  machineSizesIn,
  managedClusterType,
  nodesView,
  resourceTypeOf,
  subnetType,
  subnetView,
  vnetOf,
  vnetType,
  vnetView,
} from '../../resource-types/index.ts';

export function knownPlaces(
  snapshot: Snapshot | null,
): Pick<KnownWords, 'path-end' | 'subnet' | 'network' | 'kubernetes' | 'size'> {
  const ofType = (type: string) => (snapshot?.resources ?? []).filter((one) => fold(one.type) === fold(type));
  const networks = ofType(vnetType);
  const subnets = networks.flatMap((network) => vnetView(network).subnets);
  const ends = pathEndTypes.flatMap(ofType);
  return {
    'path-end': named(
      ends,
      (id) => (fold(typeOf(id)) === fold(subnetType) ? nameInParent(id) : nameOf(id)),
      ({ type }) => resourceTypeOf(type).label,
    ),
    network: named(
      networks,
      (id) => nameOf(id),
      (network) => vnetView(network).prefixes.join(', '),
    ),
    subnet: named(subnets, (id) => `${nameOf(vnetOf(id))}/${nameOf(id)}`, subnetSays),
    kubernetes: ofType(managedClusterType).map(({ id }) => ({ value: id, says: nameOf(id), label: nameOf(id) })),
    size: sizes(snapshot?.resources ?? []),
  };
}

/** By a short name where only one has it, else by id. */
function named(all: readonly Resource[], short: (id: string) => string, says: (one: Resource) => string): KnownWord[] {
  const times = Map.groupBy(all, ({ id }) => fold(short(id)));
  return all.map((one) => {
    const isOnly = times.get(fold(short(one.id)))?.length === 1;
    return { value: isOnly ? short(one.id) : one.id, says: says(one) };
  });
}

function subnetSays(subnet: Resource): string {
  const { prefixes, delegations } = subnetView(subnet);
  return [...prefixes, ...delegations.map((service) => `delegated to ${service}`)].join(', ');
}

/** Sizes that the region's own list shows, else those that computes have. */
function sizes(resources: readonly Resource[]): KnownWord[] {
  const listed = resources
    .filter(({ id }) => /\/vmsizes$/i.test(id))
    .flatMap((document) => machineSizesIn(document))
    .map(({ name, cores }) => ({ value: name, says: cores === undefined ? '' : counted(cores, 'core') }));
  const used = resources.flatMap((one) => {
    const size = computeView(one).computeType === undefined ? undefined : nodesView(one).vmSize;
    return size === undefined ? [] : [{ value: size, says: `as ${nameOf(one.id)}` }];
  });
  const all = listed.length > 0 ? listed : used;
  return [...new Map(all.map((one) => [fold(one.value), one])).values()];
}
