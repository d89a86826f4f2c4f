// aks.outbound-acr: where something is denied on the way out, images of the registry still come to the nodes.
import { vnetOf } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import { fold } from '../../model/resource-id.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { workspaceRegistryId } from '../../posture/links.ts';
import { type NodePlace, nodePlaceRule } from '../parts/cluster-places.ts';
import { links } from '../parts/links.ts';
import { openFor, proposed } from '../parts/nsg-change.ts';
import { type Need, outbound, regional } from '../parts/nsg-need.ts';
import { decided, deciders, evidenceOf, hangsOn, placeShown, regionOf } from '../parts/nsg-place.ts';
import { fail, notApplicable, pass, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** The registry's region, else the workspace's. Throws GapRead when the registry was not read. */
function needOf(place: NodePlace): Need {
  const { world } = place.judgement;
  const id = workspaceRegistryId(world);
  const registry = id === undefined ? undefined : world.get(id);
  const region = fold(textAt(registry?.body, '/location') ?? regionOf(place)).replaceAll(' ', '');
  return outbound('aks-outbound-acr', regional(place, 'AzureContainerRegistry', region), 'Tcp', ['443']);
}

const denies = ({ group }: NodePlace): boolean =>
  listAt(group.body, securityRulesPointer).some(
    (rule) =>
      fold(textAt(rule, '/properties/access') ?? '') === 'deny' &&
      fold(textAt(rule, '/properties/direction') ?? '') === 'outbound',
  );

function judge(place: NodePlace): Verdict {
  const { subnet, judgement } = place;
  const name = placeShown(place);
  if (!denies(place)) return notApplicable(`${name} denies nothing on the way out.`);
  const id = workspaceRegistryId(judgement.world);
  if (id !== undefined && reachedPrivately(id, vnetOf(subnet), judgement.world)) {
    return notApplicable('The registry is reached by a private endpoint from the network of the nodes.');
  }
  const need = needOf(place);
  const decision = decided(need.asked, place);
  const evidence = evidenceOf(decision, place, 'Outbound', 'allowed');
  if (decision.verdict === 'allowed')
    return pass(`${name} lets ${need.what} pass, by ${deciders(decision, 'allowed')}.`, evidence);
  return decision.verdict === 'unknown'
    ? unknown(`Whether ${name} lets ${need.what} pass is not known: it hangs on ${hangsOn(decision, place)}.`, evidence)
    : fail(`${name} stops ${need.what}, by ${deciders(decision, 'denied')}, so nodes get no images.`, evidence);
}

export const aksOutboundAcr = nodePlaceRule(
  {
    id: 'aks.outbound-acr',
    title: 'Limited outbound still admits the registry',
    severity: 'medium',
    profiles: ['current'],
    explain: {
      why: 'Nodes pull the images of your models from the registry. Where a rule denies part of the way out, that must still pass, or no deployment starts.',
      fix: 'Adds an allow for the registry’s tag of its region on port 443, at a free number below the lowest deny in its way.',
      breaks: 'Nothing that works today. The same traffic passes for everything else that shares the security group.',
      links: [links.secureInference, links.securityGroups],
    },
    fixKind: 'auto',
    undo: 'exact',
  },
  {
    bare: (name) => notApplicable(`${name} has no network security group, so nothing is denied on the way out.`),
    judge,
    fix: (place) => {
      const opened = openFor(place, [needOf(place)]);
      return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2, 'Lets this traffic pass.');
    },
  },
);
