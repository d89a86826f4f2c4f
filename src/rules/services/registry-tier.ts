// acr.sku-premium: only Premium has network rules and private endpoints. acr.workspace-enterprise: the workspace edition that the
// article of 2020 asks for; it ended in 2020, so only the profile of the article checks it.

import { fold } from '../../model/resource-id.ts';
import { textAt } from '../../resource-types/read.ts';
import { registryView } from '../../resource-types/registry-view.ts';
import { defineRule, retired } from '../define.ts';
import { registryFirewalls, type ServiceFirewall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, notApplicable, pass, quoted, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { registryEvidence, skuPointer, upgrade } from './parts/registry.ts';

function isPremium({ resource, name }: ServiceFirewall): CheckResult {
  const { sku } = registryView(resource);
  const evidence = [evidenceAt(resource, skuPointer, 'SKU')];
  switch (sku) {
    case 'Premium':
      return pass(`SKU of the ${name} is Premium.`, evidence);
    case 'Classic':
    case 'Basic':
    case 'Standard':
      return fail(`SKU is ${sku}; network rules and private endpoints need Premium.`, evidence);
    default:
      return unknown(`SKU of the ${name} is ${sku === undefined ? 'not shown' : quoted(sku)}.`, evidence);
  }
}

export const acrSkuPremium = defineRule({
  id: 'acr.sku-premium',
  answers: { sku: ['Premium'] },
  title: 'Registry uses the Premium tier',
  problem: 'Registry tier supports no network rules',
  severity: 'high',
  explain: {
    why: 'A registry below Premium is open to every network: network rules, private endpoints and public network access exist in Premium only.',
    fix: 'Upgrades the registry: pass --answer sku=Premium. Fixes that need Premium take the same answer and upgrade first.',
    breaks:
      'None: images and names stay. Premium has a higher cost, and a downgrade is possible only while no rule, private endpoint or replica is in use.',
    links: [links.registrySku, links.registrySubnets],
  },
  fixKind: 'guided',
  undo: 'partial',
  subjects: registryFirewalls,
  check: isPremium,
  fix: (firewall, _judgement, answers) => (registryView(firewall.resource).premium ? [] : upgrade(firewall, answers)),
});

const editionsEnded = 'Workspace editions ended in September 2020: every newer workspace is Basic.';

function isEnterprise(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const workspace = index.workspace();
  if (!workspace) return notApplicable('No workspace was found.');
  if (firewall.access === 'open' && !registryView(firewall.resource).premium) {
    return notApplicable(`The ${firewall.name} allows all networks and is below Premium.`, registryEvidence(firewall));
  }
  const stated = ['/sku/tier', '/sku/name'].map((pointer) => ({ pointer, value: textAt(workspace.body, pointer) }));
  const evidence = stated.map(({ pointer }) => evidenceAt(workspace, pointer, 'workspace edition'));
  const names = stated.flatMap(({ value }) => (value === undefined ? [] : fold(value)));
  if (names.some((name) => name.includes('enterprise'))) return pass('The workspace edition is Enterprise.', evidence);
  return names.includes('basic')
    ? fail(
        'Workspace edition is Basic; the article requires Enterprise, which has not been available since 2020.',
        evidence,
      )
    : unknown(`The workspace edition is ${quoted(names[0] ?? 'not shown')}.`, evidence);
}

export const acrWorkspaceEnterprise = retired(
  defineRule({
    id: 'acr.workspace-enterprise',
    title: 'Workspace edition is Enterprise (2020)',
    problem: 'Workspace edition is not Enterprise (2020)',
    severity: 'high',
    for: ['service-endpoint'],
    explain: {
      why: 'In 2020, only workspaces of the Enterprise edition could use a registry in a virtual network.',
      fix: 'None: the edition ended in September 2020, and Azure creates Basic workspaces only. No current feature depends on it.',
      links: [links.secureWorkspace],
    },
    instead: 'acr.private-endpoint',
    subjects: registryFirewalls,
    check: isEnterprise,
  }),
  editionsEnded,
);
