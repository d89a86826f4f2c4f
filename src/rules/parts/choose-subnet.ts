// The subnet of a private endpoint or a compute: the operator names it, and is told which would do.
import { subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { type NeedOption, needSentence } from '../../model/need.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { parseRange, sizeOf } from '../../net/ipv4.ts';
import type { Answers } from '../rule.ts';
import { quoted, subnetShown } from './verdict.ts';

/** Azure keeps five addresses of every subnet for itself. */
const keptByAzure = 5;
/** Subnets whose name hands them to one service (Microsoft Learn, "Virtual network FAQ", read 2026). */
const reserved = /^(?:gateway|azurefirewall|azurefirewallmanagement|azurebastion|routeserver)subnet$/i;

/** Addresses nothing has taken, as far as the subnet's own answer shows; undefined where its ranges cannot be understood. */
export function freeAddresses(subnet: Resource): number | undefined {
  const ranges = subnetView(subnet).prefixes.map((prefix) => parseRange(prefix));
  const sizes = ranges.flatMap((range) => (range.ok ? [sizeOf(range.value) - keptByAzure] : []));
  if (sizes.length === 0) return undefined;
  return sizes.reduce((sum, size) => sum + size, 0) - listAt(subnet.body, '/properties/ipConfigurations').length;
}

/** Subnets of these networks that take a private endpoint. Throws GapRead when a network was not read. */
export function endpointSubnets(vnets: readonly string[], world: World): Resource[] {
  return vnets.flatMap((id) => {
    const vnet = world.get(id);
    return vnet ? vnetView(vnet).subnets.filter(takesEndpoints) : [];
  });
}

function takesEndpoints(subnet: Resource): boolean {
  const { delegations } = subnetView(subnet);
  return delegations.length === 0 && !reserved.test(nameOf(subnet.id)) && (freeAddresses(subnet) ?? 1) > 0;
}

/** The subnet that the answer `subnet` names, by id, `vnet/name` or a name that is the only one; else the sentence that asks. */
export function chooseSubnet(
  answers: Answers,
  candidates: readonly Resource[],
  what = 'a private endpoint',
): Resource | string {
  const wanted = answers.subnet?.trim();
  const found = wanted === undefined ? [] : candidates.filter((one) => isNamed(one.id, wanted));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (candidates.length === 0) {
    return `No subnet that was read takes ${what} there: it needs one without a delegation and with a free address.`;
  }
  const said =
    wanted === undefined
      ? ''
      : found.length > 1
        ? `${quoted(wanted)} is the name of several. `
        : `${quoted(wanted)} is none that takes ${what}. `;
  return `${said}${needSentence({ kind: 'choice', options: candidates.map(option) }, 'VNET/NAME')}`;
}

const isNamed = (id: string, wanted: string): boolean =>
  sameId(id, wanted) || sameId(`${nameOf(vnetOf(id))}/${nameOf(id)}`, wanted) || sameId(nameOf(id), wanted);

function option(subnet: Resource): NeedOption {
  const free = freeAddresses(subnet);
  return { name: 'subnet', value: subnetShown(subnet.id), says: free === undefined ? '' : `${free} free` };
}
