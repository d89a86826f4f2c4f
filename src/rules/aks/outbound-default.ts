// aks.outbound-default: no rule of the operator's denies what the nodes of a cluster need on their way out.
import type { Asked } from '../../posture/flows.ts';
import { subnetPrefixes } from '../../posture/flows.ts';
import { deniesOf, type NodePlace, nodePlaceRule, sharedWithTraining, withoutDenies } from '../parts/cluster-places.ts';
import { nodeSubnets, podSubnets } from '../parts/clusters.ts';
import { links } from '../parts/links.ts';
import { proposed } from '../parts/nsg-change.ts';
import { decided, evidenceOf, placeShown, pointerOf } from '../parts/nsg-place.ts';
import { fail, few, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** What nodes need of the world outside (Microsoft Learn, "AKS outbound rules", read 2026-06), and of one another. */
function needed({ one, judgement: { world } }: NodePlace): Asked[] {
  const own = [...nodeSubnets(one), ...podSubnets(one)].flatMap((subnet) => subnetPrefixes(subnet, world));
  const inside = [...new Set([...own, ...one.view.podRanges])];
  return [
    { direction: 'Outbound', protocol: 'Tcp', remote: ['*'], ports: ['443', '9000'] },
    { direction: 'Outbound', protocol: 'Udp', remote: ['*'], ports: ['53', '123', '1194'] },
    ...(inside.length === 0
      ? []
      : [{ direction: 'Outbound', protocol: '*', remote: inside, ports: ['*'] } satisfies Asked]),
  ];
}
const everything: Asked = { direction: 'Outbound', protocol: '*', remote: ['*'], ports: ['*'] };

function judge(place: NodePlace): Verdict {
  const { group, one } = place;
  const flows = needed(place);
  const found = flows.map((asked) => deniesOf(asked, place));
  const sure = [...new Set(found.flatMap((denies) => denies.sure))];
  const unsure = [...new Set(found.flatMap((denies) => denies.unsure))];
  const rules = [...sure, ...unsure].flatMap((name) => {
    const pointer = pointerOf(group, name);
    return pointer === undefined ? [] : [seen(group, pointer, 'denies')];
  });
  const evidence = [
    ...rules,
    ...flows.flatMap((asked) => {
      const decision = decided(asked, place);
      return decision.verdict === 'allowed' ? [] : evidenceOf(decision, place, 'Outbound').slice(0, 4);
    }),
  ];
  const name = placeShown(place);
  if (sure.length > 0) {
    return fail(
      `${name} denies what the nodes of the ${one.name} need on their way out, by ${few(sure.map(quoted))}.`,
      evidence,
    );
  }
  if (unsure.length > 0) {
    return unknown(
      `Whether ${name} denies what the nodes of the ${one.name} need hangs on ${few(unsure.map(quoted))}.`,
      evidence,
    );
  }
  const others = deniesOf(everything, place).sure;
  return others.length > 0
    ? pass(`${name} denies by ${few(others.map(quoted))} only what the nodes of the ${one.name} do not need.`, evidence)
    : pass(`${name} denies nothing that the nodes of the ${one.name} send.`, evidence);
}

export const aksOutboundDefault = nodePlaceRule(
  {
    id: 'aks.outbound-default',
    title: 'Default outbound rules of the AKS NSG are kept',
    severity: 'high',
    explain: {
      why: 'Nodes talk to hosts without fixed addresses, and to one another. A security group knows addresses only, so a deny on the way out stops updates, images, the API server or the names of services.',
      fix: 'Takes out the rules that deny it. Limit the way out of a cluster with a firewall that knows names instead.',
      breaks:
        'Everything that shares the security group, which the plan names, can reach what was denied. A group that training computes share is left alone.',
      links: [links.kubernetesOutbound, links.secureInference],
    },
    fixKind: 'auto',
    undo: 'exact',
  },
  {
    bare: (name) => pass(`${name} has no network security group, so nothing denies what its nodes send.`),
    judge,
    fix: (place) => {
      const shared = sharedWithTraining(place);
      if (shared !== undefined) return shared;
      const steps = withoutDenies(place, needed(place));
      return typeof steps === 'string' ? steps : proposed(place, steps, 2, 'Opens the way out again.');
    },
  },
);
