// Which traffic takes another way by a change of a route: past a firewall, or back through it.
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, parentId } from '../../model/resource-id.ts';
import { textAt } from '../read.ts';
import type { ChangeSides, OwnEffect } from '../resource-type.ts';
import { servedBy } from '../route-view.ts';
import { isAny, named } from './effects.ts';

interface Hop {
  readonly prefix: string;
  readonly type: string;
  readonly words: string;
}

function hopOf(route: Resource | null): Hop | undefined {
  if (route === null) return undefined;
  const prefix = textAt(route.body, '/properties/addressPrefix') ?? '';
  const type = textAt(route.body, '/properties/nextHopType') ?? '';
  const address = textAt(route.body, '/properties/nextHopIpAddress');
  return { prefix, type, words: address === undefined ? type : `${type} ${address}` };
}

/** `10.1.0.0/16 to VirtualAppliance 10.0.0.4` */
export function routeSummary(route: Resource): string | null {
  const hop = hopOf(route);
  return hop === undefined || hop.prefix === '' || hop.type === '' ? null : `${hop.prefix} to ${hop.words}`;
}

const isInternet = ({ type }: Hop): boolean => fold(type) === 'internet';
const isDirect = (hop: Hop): boolean => isInternet(hop) || fold(hop.type) === 'vnetlocal';

/**
 * A route straight to its destination allows its prefix, and any network at once when the prefix is; one through an appliance or
 * gateway, or to nowhere, restricts it. Without any route but one to the Internet, its prefix may go there.
 */
export function routeEffects({ id, before, after, seen }: ChangeSides): OwnEffect[] {
  const [was, is] = [hopOf(before), hopOf(after)];
  if (was && is && was.words === is.words && fold(was.prefix) === fold(is.prefix)) return [];
  const table = parentId(id) ?? id;
  const whole = seen.resource(table);
  const subnets = whole === undefined ? [] : servedBy(whole).map(nameInParent);
  const at = subnets.length === 0 ? nameOf(table) : `${nameOf(table)} (${named(subnets, 3)})`;
  return [
    ...(was
      ? [
          {
            kind: isInternet(was) ? ('restricts' as const) : ('relaxes' as const),
            detail: `${at} no longer routes ${was.prefix} to ${was.words}: other routes decide.`,
            subject: was.prefix,
          },
        ]
      : []),
    ...(is
      ? [
          {
            kind: !isDirect(is)
              ? ('restricts' as const)
              : isAny(is.prefix)
                ? ('relaxes' as const)
                : ('allows' as const),
            detail: `${at} routes ${is.prefix} to ${is.words}.`,
            subject: is.prefix,
          },
        ]
      : []),
  ];
}
