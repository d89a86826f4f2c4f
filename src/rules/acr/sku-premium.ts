// acr.sku-premium: the registry is Premium, which alone has network rules and private endpoints.
import { registryView } from '../../kinds/registry-view.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { skuPointer, upgrade } from '../parts/registry.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function judge({ resource, name }: Wall): Verdict {
  const { sku } = registryView(resource);
  const evidence = [seen(resource, skuPointer, 'SKU')];
  switch (sku) {
    case 'Premium':
      return pass(`The ${name} is Premium.`, evidence);
    case 'Classic':
    case 'Basic':
    case 'Standard':
      return fail(`The ${name} is ${sku}: it takes neither network rules nor private endpoints.`, evidence);
    default:
      return unknown(`The SKU of the ${name} is ${sku === undefined ? 'not shown' : quoted(sku)}.`, evidence);
  }
}

export const acrSkuPremium = defineRule({
  id: 'acr.sku-premium',
  title: 'Registry is Premium',
  severity: 'high',
  about: registryType,
  explain: {
    why: 'A registry below Premium is open to every network and cannot be anything else: rules, private endpoints and the public switch exist in Premium alone.',
    fix: 'Upgrades the registry, with the answer sku=Premium. The fixes that need Premium take the same answer and upgrade first.',
    breaks:
      'Nothing: images and names stay. Premium costs more a day, and the registry goes back only while no rule, endpoint or replica is in use.',
    links: [links.registrySku, links.registrySubnets],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, judge),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (registry) =>
      registryView(registry).premium ? [] : upgrade(wallOf(registry, 'registry'), answers),
    ),
});
