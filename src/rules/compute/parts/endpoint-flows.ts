// Allow rules in the NSGs between a subnet and private endpoints: at the subnet, and at the endpoints' subnet where network policies
// apply its NSG to them.

import { subnetPrefixes } from '../../../facts/flows.ts';
import { appliesGroups, findSubnet } from '../../../resource-types/network-view.ts';
import { openFor, proposed } from '../../nsg/parts/change.ts';
import { type FlowNeed, portsShown } from '../../nsg/parts/flows.ts';
import { placeAt } from '../../nsg/parts/place.ts';
import { legalName } from '../../parts/naming.ts';
import { displayName, subnetShown } from '../../parts/verdict.ts';
import type { Proposal, RuleContext } from '../../rule.ts';

export interface EndpointFlow {
  /** The subnet of the nodes. */
  readonly from: string;
  /** The subnet of the endpoints. */
  readonly to: string;
  /** Of the endpoints; those of their subnet where they are not known. */
  readonly addresses: readonly string[];
  readonly ports: readonly string[];
}

/** What is missing in both NSGs; [] where they allow it, a sentence where no rule can. */
export function allowFlow(flow: EndpointFlow, context: RuleContext): readonly Proposal[] | string {
  const there = findSubnet(context.index, flow.to);
  const out = allowIn(flow.from, outbound(flow, context), context);
  if (typeof out === 'string' || !there || !appliesGroups(there)) return out;
  const into = allowIn(flow.to, inbound(flow, context), context);
  return typeof into === 'string' ? into : [...out, ...into];
}

const slugOf = (prefix: string, subnet: string): string => `${prefix}-${legalName([displayName(subnet)], 60)}`;

const outbound = ({ to, addresses, ports }: EndpointFlow, { index }: RuleContext): FlowNeed => ({
  asked: { direction: 'Outbound', protocol: 'Tcp', remote: addresses, ports },
  what: `${portsShown('Tcp', ports)} to the private endpoints in ${subnetShown(to)}`,
  add: {
    ...{ slug: slugOf('endpoints-in', to), direction: 'Outbound', access: 'Allow', protocol: 'Tcp', sources: ['*'] },
    ...{ destinations: subnetPrefixes(to, index), ports },
  },
});

function inbound({ from, to, addresses, ports }: EndpointFlow, { index }: RuleContext): FlowNeed {
  const sources = subnetPrefixes(from, index);
  return {
    asked: { direction: 'Inbound', protocol: 'Tcp', remote: sources, local: addresses, ports },
    what: `${portsShown('Tcp', ports)} from ${subnetShown(from)}`,
    add: {
      ...{ slug: slugOf('endpoints-from', from), direction: 'Inbound', access: 'Allow', protocol: 'Tcp', sources },
      ...{ destinations: subnetPrefixes(to, index), ports },
    },
  };
}

function allowIn(subnet: string, need: FlowNeed, context: RuleContext): readonly Proposal[] | string {
  const place = placeAt(subnet, context);
  const opened = place ? openFor(place, [need]) : undefined;
  if (!place || !opened) return [];
  return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2);
}
