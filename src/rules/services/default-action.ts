// storage.default-action-deny, keyvault.default-action-deny, acr.default-action-deny: access is denied by default.
import { registryView } from '../../resource-types/registry-view.ts';
import { defineRule } from '../define.ts';
import { registryFirewalls, type ServiceFirewall, storageFirewalls, vaultFirewalls } from '../parts/firewall.ts';
import { deniesByDefault } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { denyByDefault } from '../parts/proposals.ts';
import { fail } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { closingGates } from './parts/access.ts';
import { inPremium, registryEvidence } from './parts/registry.ts';

const lastStep =
  'Sets the default action (defaultAction) to Deny, after computes, trusted Azure services and your IP address are allowed. This is the last step of a plan.';

export const storageDefaultActionDeny = defineRule({
  id: 'storage.default-action-deny',
  title: 'Storage firewall denies by default',
  problem: 'Storage account allows access from all networks',
  severity: 'critical',
  explain: {
    why: 'While the default action is Allow, network rules are ignored: any network can read and write the data with a key or a token.',
    fix: lastStep,
    breaks:
      'Clients without a rule lose blob, file, queue, table and Data Lake access at once. This includes studio, uploads, mounted shares (SMB) and portal data views. Virtual machine disks and the control plane are not affected, so an undo is always possible.',
    links: [links.storageFirewall, links.storageLimits],
  },
  gates: closingGates,
  subjects: storageFirewalls,
  check: deniesByDefault,
  fix: denyByDefault,
});

export const keyvaultDefaultActionDeny = defineRule({
  id: 'keyvault.default-action-deny',
  title: 'Key vault firewall denies by default',
  problem: 'Key vault allows access from all networks',
  severity: 'critical',
  explain: {
    why: 'The key vault stores the storage connection string and registry passwords. While it allows all networks, only permissions protect them.',
    fix: lastStep,
    breaks:
      'Users and applications in other networks get 403, and listing secrets in the Azure portal fails there. The control plane is not affected, so an undo is always possible. If the key vault had no network rules, an undo writes rules that allow all networks.',
    links: [links.vaultFirewall, links.vaultServiceEndpoints],
  },
  undo: 'equivalent',
  gates: [
    'keyvault.vnet-rule-compute-subnet',
    'keyvault.subnet-service-endpoint',
    'keyvault.private-endpoint',
    'keyvault.bypass-azure-services',
    'keyvault.operator-access',
  ],
  subjects: vaultFirewalls,
  check: deniesByDefault,
  fix: denyByDefault,
});

/** Network rules exist in Premium only, so a registry of a lower tier is always open. */
function registryDenies(firewall: ServiceFirewall): CheckResult {
  const { sku } = registryView(firewall.resource);
  return sku === 'Basic' || sku === 'Standard' || sku === 'Classic'
    ? fail(
        `The ${firewall.name} is ${sku}, which has no network rules: all networks can connect with a token (see acr.sku-premium).`,
        registryEvidence(firewall),
      )
    : deniesByDefault(firewall);
}

export const acrDefaultActionDeny = defineRule({
  id: 'acr.default-action-deny',
  answers: { sku: ['Premium'] },
  title: 'Registry firewall denies by default',
  problem: 'Container registry allows access from all networks',
  severity: 'critical',
  explain: {
    why: 'Images contain your code and sometimes secrets. While the registry allows all networks, a token is enough to pull them.',
    fix: 'Sets the default action (defaultAction) to Deny, after computes are allowed and a cluster is set to build images. This is the last step of a plan. A registry below Premium is upgraded first: pass --answer sku=Premium.',
    breaks:
      'Pushes and pulls from other networks are denied ("client with IP ... is not allowed access"): ACR Tasks, image scanners, other clusters and build agents. It takes effect within minutes. If the registry had no network rules, an undo writes rules that allow all networks.',
    links: [links.registrySubnets, links.registryRules, links.secureWorkspace],
  },
  undo: 'equivalent',
  gates: [
    'acr.sku-premium',
    'acr.vnet-rule-compute-subnet',
    'acr.subnet-service-endpoint',
    'acr.private-endpoint',
    'acr.trusted-services',
    'acr.same-vnet-subnet',
    'acr.image-build-compute',
  ],
  subjects: registryFirewalls,
  check: registryDenies,
  fix: (firewall, _judgement, answers) => inPremium(firewall, answers, denyByDefault),
});
