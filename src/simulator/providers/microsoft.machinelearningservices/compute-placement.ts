// Where a compute may be placed, and what it leaves in its subnet: the service's refusals before anything is made.
// Where the service documents no code for one, the answer is a plain BadRequest, as for its quota.
import { fold, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, JsonNumber, list, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import { requireAddresses } from '../microsoft.network/free-addresses.ts';
import { touch } from '../microsoft.network/network-parts.ts';
import { addReferences, plainRegion, removeReferences, requireReady } from '../microsoft.network/references.ts';
import type { Write } from '../provider.ts';
import { coresOf, familyWords, sizeIn } from './machine-sizes.ts';

const inner = (body: ArmObject | undefined, ...path: readonly string[]): string | undefined =>
  text(body, 'properties', 'properties', ...path);
const refused = (message: string): ArmError => new ArmError(400, 'BadRequest', message);
const subscriptionOf = (id: string): string => fold(id).split('/')[2] ?? '';

/** Nodes that exist from the start: an instance's one, a cluster's smallest number. */
export function firstNodes(body: ArmObject): number {
  const type = fold(text(body, 'properties', 'computeType') ?? '');
  if (type === 'computeinstance') return 1;
  const least = at(body, 'properties', 'properties', 'scaleSettings', 'minNodeCount');
  return type === 'amlcompute' && least instanceof JsonNumber ? Number(least.text) : 0;
}

/** Throws what the service refuses a new compute with. */
export function checkPlacement(write: Write): void {
  const { body, store, id } = write;
  checkSize(write);
  const where = inner(body, 'subnet', 'id');
  if (where === undefined) return;
  const subnet = store.get(where);
  if (!subnet) throw new ArmError(400, 'SubnetNotFound', `The subnet ${where} was not found.`);
  const workspace = store.get(parentOf(id));
  const network = store.get(parentOf(where));
  if (subscriptionOf(where) !== subscriptionOf(id)) {
    throw refused(`The virtual network of the subnet ${where} must be in the subscription of the workspace.`);
  }
  const mode = text(workspace, 'properties', 'managedNetwork', 'isolationMode') ?? 'Disabled';
  if (fold(mode) !== 'disabled') {
    throw refused(
      'A compute cannot be created in a custom virtual network while the workspace has a managed virtual network.',
    );
  }
  const isCluster = fold(text(body, 'properties', 'computeType') ?? '') === 'amlcompute';
  const regions = [text(workspace, 'location') ?? '', text(network, 'location') ?? ''].map(plainRegion);
  if (!isCluster && regions[0] !== regions[1]) {
    throw refused(
      `The virtual network of the subnet ${where} is in ${regions[1]}, and a compute instance must be in the region of the workspace, ${regions[0]}.`,
    );
  }
  const services = list(subnet, 'properties', 'delegations').flatMap(
    (item) => text(item, 'properties', 'serviceName') ?? [],
  );
  if (services.length > 0) {
    throw refused(
      `The resource ${id} cannot be created in the subnet ${where} since it has delegation(s) [${services.join(', ')}] to external services.`,
    );
  }
  requireReady(subnet, id);
  requireAddresses(store, subnet, firstNodes(body));
}

/** The quota of the family must hold one node at least (Azure/mlops-v2 issue 81, read 2026: Code="BadRequest"). */
function checkSize({ body, store, id }: Write): void {
  const type = fold(text(body, 'properties', 'computeType') ?? '');
  if (type !== 'amlcompute' && type !== 'computeinstance') return;
  const name = inner(body, 'vmSize');
  const region = text(body, 'location') ?? text(store.get(parentOf(id)), 'location') ?? '';
  const size = name === undefined ? undefined : sizeIn(store, subscriptionOf(id), region, name);
  if (name === undefined || !size) throw refused(`The specified VM size ${name ?? ''} is not supported.`);
  if (fold(inner(body, 'vmPriority') ?? 'Dedicated') === 'lowpriority') return;
  const { limit, used } = coresOf(store, subscriptionOf(id), region, size.family);
  const nodes = Math.max(1, firstNodes(body));
  if (limit - used >= nodes * size.cores) return;
  throw refused(
    `The specified subscription has a ${familyWords(size.family)} family vCPU quota of ${limit} and cannot accomodate for at least ${nodes} requested managed compute node which maps to ${nodes * size.cores} vCPUs. Talk to your Subscription Admin or refer to https://docs.microsoft.com/azure/machine-learning/how-to-manage-quotas#request-quota-increases to increase the family quota`,
  );
}

/** The nodes live in a subscription of Microsoft's; of each, the subnet shows an address configuration. */
function nicsOf(id: string, count: number): string[] {
  const name = fold(id)
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(-60);
  return Array.from(
    { length: count },
    (_, index) =>
      `/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/azureml-nodes/providers/Microsoft.Network/networkInterfaces/${name}-${index}/ipConfigurations/ipconfig`,
  );
}

/** Makes the subnet name the nodes that a compute has; none when it is gone. */
export function takeAddresses(store: Store, id: string, newId: () => string, gone?: ArmObject): void {
  const body = gone ?? store.get(id);
  const where = inner(body, 'subnet', 'id');
  const subnet = where === undefined ? undefined : store.get(where);
  if (where === undefined || !subnet || !isObject(body)) return;
  const count = at(body, 'properties', 'properties', 'currentNodeCount');
  const now = gone ? 0 : count instanceof JsonNumber ? Number(count.text) : firstNodes(body);
  const all = nicsOf(id, Math.max(now, list(subnet, 'properties', 'ipConfigurations').length));
  const [kept, left] = [all.slice(0, now), all.slice(now)];
  const added = addReferences(subnet, 'ipConfigurations', kept);
  const removed = removeReferences(subnet, 'ipConfigurations', (one) => left.some((nic) => sameId(nic, one)));
  if (added || removed) touch(store, where, newId);
}
