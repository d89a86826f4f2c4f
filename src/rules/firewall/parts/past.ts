// Does traffic to a service leave past the firewall, by exception routes to the Internet (rules-catalogue 5.6)?
import { listAt, textAt } from '../../../kinds/read.ts';
import { routesPointer } from '../../../kinds/route-view.ts';
import { fold } from '../../../model/resource-id.ts';
import type { World } from '../../../model/world.ts';
import { globalTagOf, notLeavingBy } from '../../../net/index.ts';
import { routesAt, routeTableAt } from '../../../posture/routes.ts';
import { serviceTagsOf } from '../../../posture/service-tags.ts';

/** By the addresses of the tag where they are known, else by a route that names it. Throws GapRead when the table was not read. */
export function leavesPast(tag: string, subnet: string, world: World): boolean {
  const addresses = serviceTagsOf(world)?.addressesOf(tag);
  if (addresses) {
    const ours = { v4: addresses.v4, v6: [] };
    return ours.v4.length > 0 && notLeavingBy(ours, routesAt(subnet, world).routes, 'Internet').length === 0;
  }
  const names = [tag, globalTagOf(tag)].map(fold);
  const table = routeTableAt(subnet, world);
  return listAt(table?.body, routesPointer).some((route) => {
    const prefix = fold(textAt(route, '/properties/addressPrefix') ?? '');
    return names.includes(prefix) && fold(textAt(route, '/properties/nextHopType') ?? '') === 'internet';
  });
}
