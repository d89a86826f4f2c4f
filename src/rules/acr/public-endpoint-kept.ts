// acr.public-endpoint-kept: the public endpoint stays on while subnets come by service endpoints.
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, switchPointer, unclear, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { switchOn } from '../parts/proposals.ts';
import { unseenSubnetRules } from '../parts/registry.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, listed, pass, seen, subnetShown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge(wall: Wall, { world }: Judgement): Verdict {
  const { resource, name, at, acls, view } = wall;
  const evidence = [seen(resource, switchPointer, 'public network access'), seen(resource, at.subnets, 'subnet rules')];
  if (view.publicNetworkAccess !== 'Disabled') {
    return unclear(wall) ?? pass(`The public endpoint of the ${name} is on, which subnet rules rest on.`, evidence);
  }
  const unseen = unseenSubnetRules(wall, world);
  if (unseen) return unseen;
  const subnets = acls.subnetRules.map(({ id }) => subnetShown(id));
  return subnets.length > 0
    ? fail(
        `The ${name} admits ${listed(subnets)} by subnet rule, and its public endpoint is off: the rules admit nobody.`,
        evidence,
      )
    : (unclear(wall) ?? pass(`The ${name} has no subnet rules that would rest on its public endpoint.`, evidence));
}

export const acrPublicEndpointKept = defineRule({
  id: 'acr.public-endpoint-kept',
  title: 'Public endpoint stays on while service endpoints are used',
  severity: 'high',
  for: ['service-endpoint'],
  about: registryType,
  explain: {
    why: 'A subnet rule admits traffic to the public endpoint. With that endpoint switched off, every rule is dead, silently.',
    fix: 'Switches the public endpoint on again, keeping Deny in the same call, through the old api-version that does not lose the subnet rules.',
    breaks: 'Nothing: whoever no rule names stays shut out.',
    links: [links.registrySubnets, links.registryRules],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'acr.endpoint-kinds-exclusive',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (registry) => switchOn(wallOf(registry, 'registry'))),
});
