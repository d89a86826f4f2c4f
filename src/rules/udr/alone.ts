// Route tables in files without a selected workspace: what Azure would refuse in them.

import type { JsonObject } from '../../model/json.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { readPrefixes, routeRefusals } from '../../net/index.ts';
import { textAt } from '../../resource-types/read.ts';
import { routesOf, routesPointer, routeTableType } from '../../resource-types/route-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { alone } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, few, pass } from '../parts/verdict.ts';

/** A virtual appliance needs its address, and nothing else has one. */
function hopFault(name: string, body: JsonObject): string | undefined {
  const type = textAt(body, '/properties/nextHopType') ?? '';
  const address = textAt(body, '/properties/nextHopIpAddress') ?? '';
  if (!hops.includes(fold(type))) return `${name} (nextHopType ${clean(type, 40) || 'missing'})`;
  const isAppliance = fold(type) === 'virtualappliance';
  const isRight = isAppliance ? address !== '' && readPrefixes([address]).refused.length === 0 : address === '';
  return isRight ? undefined : `${name} (nextHopIpAddress ${clean(address, 60) || 'missing'})`;
}
const hops = ['virtualappliance', 'virtualnetworkgateway', 'vnetlocal', 'internet', 'none'];

export const udrRoutesValid = defineRule({
  id: 'udr.routes-valid',
  title: 'Routes are valid',
  problem: 'Route is not valid',
  severity: 'medium',
  profiles: ['current'],
  about: routeTableType,
  explain: {
    why: 'Azure refuses a route table with a route that is not valid. Examples are host bits, a next hop without its address, and two routes for one prefix. This rule applies to files without a selected workspace.',
    fix: 'None: correct the routes that are named.',
    links: [links.routes],
  },
  subjects: alone(routeTableType),
  check(table) {
    const name = `Route table ${displayName(table.id)}`;
    const evidence = [evidenceAt(table, routesPointer, 'routes')];
    const prefixes = routeRefusals(table.body).map(({ names, member, value }) => {
      const which = few(names.map((one) => clean(one, 80)));
      return `${which} (${member} ${clean(value, 60) || 'missing'})`;
    });
    const wrong = [...prefixes, ...routesOf(table).flatMap(({ id, body }) => hopFault(displayName(id), body) ?? [])];
    return wrong.length > 0
      ? fail(`${name} has routes that Azure refuses: ${few(wrong)}.`, evidence)
      : pass(`Azure accepts the routes of ${name}.`, evidence);
  },
});
