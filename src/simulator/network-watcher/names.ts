// What the names in rules and routes mean at one interface: service tags, VirtualNetwork, Internet, the platform's own tags,
// application security groups. Where Microsoft's texts and the reports of its users leave two readings open, this Azure takes one
// and says which. Sources: network-security-groups-overview, service-tags-overview, what-is-ip-address-168-63-129-16;
// issues 22178, 124192 and 32725 of the docs repository; Azure's own expansions recorded 2016 to 2020.
import { fold, sameId } from '../gateway/address.ts';
import { type ArmObject, list, text } from '../json.ts';
import { gatewayPrefixes, type NicPlace, peeredSpace, spaceOf } from './place.ts';
import { holds, type Prefix, prefixesOf, textOf, without } from './prefix.ts';

export const hostAddress = '168.63.129.16/32';
export const metadataAddress = '169.254.169.254/32';
/** Windows activation (troubleshoot-activation-problems, 2024). */
const licensing = ['23.102.135.246/32', '20.118.99.224/32', '40.83.235.53/32'];

/** Never part of Internet, though the network be smaller. */
const privateSpace = prefixesOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
]);

/** Is it an address or a block rather than a name? */
export const isLiteral = (written: string): boolean => /^[0-9]|:/.test(written);

/** What a name or prefix of a rule means; undefined for a name that is not known here. Computed once per place. */
export function standsFor(place: NicPlace, written: string): readonly Prefix[] | undefined {
  const known = place.meanings.get(written);
  if (known !== undefined) return known;
  const texts = meaningOf(place, written);
  if (texts === undefined) return undefined;
  const prefixes = prefixesOf(texts);
  place.meanings.set(written, prefixes);
  return prefixes;
}

function meaningOf(place: NicPlace, written: string): readonly string[] | undefined {
  const name = fold(written);
  if (written === '*') return ['0.0.0.0/0', '::/0'];
  if (isLiteral(written)) return [written];
  if (name === 'virtualnetwork') return virtualNetwork(place);
  if (name === 'internet') return internet(place);
  if (name === 'azureloadbalancer' || name === 'azureplatformdns') return [hostAddress];
  if (name === 'azureplatformimds') return [metadataAddress];
  if (name === 'azureplatformlkm') return licensing;
  return place.tags.prefixesOf(written);
}

/**
 * The network's ranges, its peers', what gateways tell, what user routes send to an appliance or gateway, the host. A default
 * route to one of these makes it everything. Routes to the Internet do not join it: the reports name appliances only.
 */
export function virtualNetwork(place: NicPlace): string[] {
  const joined = list(place.routeTable, 'properties', 'routes').flatMap((route) => {
    const hop = fold(text(route, 'properties', 'nextHopType') ?? '');
    const prefix = text(route, 'properties', 'addressPrefix') ?? '';
    if (hop !== 'virtualappliance' && hop !== 'virtualnetworkgateway') return [];
    return isLiteral(prefix) ? [prefix] : (place.tags.prefixesOf(prefix) ?? []);
  });
  const all = [
    ...spaceOf(place.network),
    ...peeredSpace(place.network),
    ...gatewayPrefixes(place.store, place.network),
    ...joined,
    hostAddress,
  ];
  const forced = prefixesOf(joined).filter(({ bits }) => bits === '');
  const kept = prefixesOf(all).filter((prefix) => prefix.bits === '' || !forced.some((whole) => holds(whole, prefix)));
  return [...new Set(kept.map(textOf))];
}

/** Public space outside VirtualNetwork, and the host, which is in both. Nothing but the host where VirtualNetwork is everything. */
function internet(place: NicPlace): string[] {
  const inside = prefixesOf(virtualNetwork(place).filter((prefix) => prefix !== hostAddress));
  const whole4 = without({ family: 4, bits: '' }, [...privateSpace, ...inside]);
  const whole6 = prefixesOf(['2000::/3']).flatMap((whole) => without(whole, inside));
  const hasHost = prefixesOf([hostAddress]).every((host) => whole4.some((prefix) => holds(prefix, host)));
  return [...whole4, ...whole6].map(textOf).concat(hasHost ? [] : [hostAddress]);
}

/** The private addresses of the members of an application security group. */
export function membersOf(place: NicPlace, group: string): string[] {
  const isMember = (item: Parameters<typeof list>[0]): boolean =>
    list(item, 'properties', 'applicationSecurityGroups').some((one) => sameId(text(one, 'id') ?? '', group));
  return place.store
    .ofType('Microsoft.Network/networkInterfaces')
    .flatMap((nic: ArmObject) => list(nic, 'properties', 'ipConfigurations'))
    .filter(isMember)
    .flatMap((item) => text(item, 'properties', 'privateIPAddress') ?? []);
}
