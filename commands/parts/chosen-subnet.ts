// The subnet of what is to be made: named by the operator, or chosen among those that were read.
import type { CommandContext } from '../../src/command/definition.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { clean } from '../../src/model/text.ts';
import { freeAddresses } from '../../src/net/address-plan.ts';
import {
  addressUsagesOf,
  listAt,
  subnetView,
  usagesIn,
  vnetOf,
  vnetType,
  vnetView,
  workspaceView,
} from '../../src/resource-types/index.ts';

/** Subnets whose name hands them to one service (Microsoft Learn, "Virtual network FAQ", read 2026). */
const reserved = /^(?:gateway|azurefirewall|azurefirewallmanagement|azurebastion|routeserver)subnet$/i;
const idLike =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i;

/**
 * Id of the subnet; null inside a managed network, where there is none to choose. Asks when none is named. Throws Failure
 * (exit 2) when the name is none, or one of several, and where a managed network leaves no choice.
 */
export async function chooseSubnet(
  context: CommandContext,
  snapshot: Snapshot,
  wanted: string | undefined,
): Promise<string | null> {
  const index = indexSnapshot(snapshot);
  const found = snapshot.workspace === null ? undefined : index.peek(snapshot.workspace);
  if (found?.state === 'read' && workspaceView(found.resource).managedNetwork.on) {
    if (wanted === undefined) return null;
    throw new Failure(
      'managed-network',
      exitStatus.usage,
      'The workspace uses a managed network: its compute cannot use your subnets.',
      'Remove --subnet.',
    );
  }
  const subnets = index
    .ofType(vnetType)
    .flatMap((vnet) => vnetView(vnet).subnets.filter(({ id }) => !reserved.test(nameOf(id))));
  const free = subnets.filter((subnet) => subnetView(subnet).delegations.length === 0);
  const offered = free.length > 0 ? free : subnets;
  if (wanted === undefined) {
    if (subnets.length === 0)
      throw unnamed('No virtual network was found.', 'Pass the resource ID of a subnet: --subnet ID.');
    if (!context.host.interactive) {
      const choices = offered.map((subnet) => described(subnet, index)).join(', ');
      throw unnamed(
        'No subnet is given, and no terminal is attached to ask for one.',
        `Pass --subnet with one of ${choices}, or a resource ID.`,
      );
    }
    return context.ask.choose({
      name: 'subnet',
      title: 'Which subnet?',
      choices: offered.map((subnet) => ({ value: subnet.id, label: described(subnet, index) })),
    });
  }
  const named = subnets.filter(({ id }) => isNamed(id, wanted));
  const [only] = named;
  if (only && named.length === 1) return only.id;
  if (named.length === 0 && idLike.test(wanted)) return wanted;
  const list = offered.map((subnet) => described(subnet, index)).join(', ');
  throw unnamed(
    named.length > 1
      ? `${named.length} subnets are named ${clean(wanted, 80)}.`
      : `No subnet is named ${clean(wanted, 80)}.`,
    list === '' ? 'Pass the resource ID of a subnet.' : `Use one of ${list}, or a resource ID.`,
  );
}

const unnamed = (message: string, next: string): Failure =>
  new Failure('unknown-subnet', exitStatus.usage, message, next);

const shortName = (id: string): string => `${nameOf(vnetOf(id))}/${nameOf(id)}`;
const isNamed = (id: string, wanted: string): boolean =>
  [id, shortName(id), nameOf(id)].some((one) => sameId(one, wanted));

/** `vnet-ml/snet-train (10.0.1.0/24, 249 free)`. */
function described(subnet: Resource, index: SnapshotIndex): string {
  const { prefixes, delegations } = subnetView(subnet);
  const counts = index.peek(addressUsagesOf(vnetOf(subnet.id)));
  const usage = counts.state === 'read' ? usagesIn(counts.resource).find(({ id }) => sameId(id, subnet.id)) : undefined;
  const free = freeAddresses({
    prefixes,
    usage: usage && { currentValue: usage.used, limit: usage.limit },
    configurations: listAt(subnet.body, '/properties/ipConfigurations').length,
  });
  const words = [
    ...prefixes,
    ...(free === undefined ? [] : [`${free.approximate ? 'about ' : ''}${Math.max(0, free.count)} free`]),
    ...(delegations.length === 0 ? [] : [`delegated to ${delegations.join(', ')}`]),
  ];
  return clean(`${shortName(subnet.id)} (${words.join(', ')})`, 200);
}
