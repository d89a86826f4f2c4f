// storage.bypass-azure-services, keyvault.bypass-azure-services, acr.trusted-services, storage.resource-instance-rule: the
// workspace service can connect, as one of the trusted Azure services or by a rule that names it.
import { builderName } from '../../facts/links.ts';
import { isAssociated } from '../../facts/perimeter.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { booleanAt } from '../../resource-types/read.ts';
import { tasksPointer } from '../../resource-types/registry.ts';
import { defineRule } from '../define.ts';
import {
  bypassPointer,
  instancesPointer,
  overruling,
  registryFirewalls,
  type ServiceFirewall,
  storageFirewalls,
  trusts,
  unclear,
  uninterpretable,
  unreadableOf,
  vaultFirewalls,
} from '../parts/firewall.ts';
import { allowsTrustedServices, instanceRuleFor, perimeterAllowsWorkspace } from '../parts/firewall-verdicts.ts';
import { links } from '../parts/links.ts';
import { allowWorkspace, editable, trustServices } from '../parts/proposals.ts';
import { evidenceAt, fail, notApplicable, pass, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { notClosed } from './parts/shared-subnets.ts';

export const storageBypassAzureServices = defineRule({
  id: 'storage.bypass-azure-services',
  title: 'Storage firewall allows trusted Azure services',
  problem: 'Trusted Azure services blocked by storage firewall',
  severity: 'critical',
  explain: {
    why: 'The workspace writes run outputs, models and logs as a trusted Azure service. Blocked, the workspace fails while its computes still work, which is hard to diagnose.',
    fix: 'Adds a resource instance rule for the workspace alone, which is narrower. With --answer way=bypass, or where no such rule is possible, adds AzureServices to the exceptions (bypass) and keeps the services listed there.',
    breaks:
      'With AzureServices in the exceptions, every trusted Azure service can connect, within its own permissions.',
    links: [links.storageTrusted, links.secureWorkspace],
  },
  subjects: storageFirewalls,
  check: (firewall, { index }) => allowsTrustedServices(firewall, index, 'high'),
  answers: { way: ['bypass'] },
  opensFor: ['trustedServices', 'workspace'],
  fix: allowNarrowly,
});

/** The rule for this workspace alone suffices; every trusted service is the choice of an operator. */
function allowNarrowly(firewall: ServiceFirewall, context: RuleContext, answers: Answers) {
  const narrow = answers.way === 'bypass' ? '' : allowWorkspace(firewall, context);
  return typeof narrow === 'string' ? trustServices(firewall) : narrow;
}

export const keyvaultBypassAzureServices = defineRule({
  id: 'keyvault.bypass-azure-services',
  title: 'Key vault firewall allows trusted Azure services',
  problem: 'Trusted Azure services blocked by key vault firewall',
  severity: 'critical',
  explain: {
    why: 'The workspace service reads its secrets as a trusted Azure service. Blocked, it cannot connect to its own storage account and registry.',
    fix: 'Sets the exceptions (bypass) of the firewall to AzureServices.',
    breaks: 'None: a trusted Azure service still needs permissions in the key vault.',
    links: [links.vaultServiceEndpoints, links.vaultFirewall],
  },
  subjects: vaultFirewalls,
  check: (firewall, { index }) => allowsTrustedServices(firewall, index, 'high'),
  opensFor: ['trustedServices'],
  fix: trustServices,
});

function registryTrusts(firewall: ServiceFirewall): CheckResult {
  const early = notClosed(firewall);
  if (early) return early;
  const { resource, name, at } = firewall;
  const forTasks = booleanAt(resource.body, tasksPointer);
  const evidence = [
    evidenceAt(resource, at.bypass, 'bypass'),
    ...(forTasks === undefined ? [] : [evidenceAt(resource, tasksPointer, 'bypass for ACR Tasks')]),
  ];
  const tasks = forTasks === false ? ' ACR Tasks are still blocked: networkRuleBypassAllowedForTasks is false.' : '';
  const stated = valueAt(resource.body, at.bypass) ?? undefined;
  const value = typeof stated === 'string' ? stated.trim().toLowerCase() : stated;
  if (value === undefined)
    return pass(
      `Trusted Azure services are allowed by the ${name} (bypass is not set, and AzureServices is its default).${tasks}`,
      evidence,
    );
  if (value === 'azureservices') return pass(`Trusted Azure services are allowed by the ${name}.${tasks}`, evidence);
  return value === 'none'
    ? fail(
        'Trusted Azure services, including this workspace, are blocked: the service cannot push or pull images.',
        evidence,
      )
    : unknown(
        `The bypass (networkRuleBypassOptions) of the ${name} has a value that Azure does not document.`,
        evidence,
      );
}

/** The setting is outside the rule set, which is not edited. */
const trustInRegistry = ({ resource, at }: ServiceFirewall): Proposal | string =>
  editable(resource, () => {
    const change = editChange(resource.id, [setMember(resource.body, at.bypass, 'AzureServices')]);
    return { change, phase: 2 };
  });

export const acrTrustedServices = defineRule({
  id: 'acr.trusted-services',
  title: 'Registry firewall allows trusted Azure services',
  problem: 'Trusted Azure services blocked by registry firewall',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'The workspace service pulls and pushes images as a trusted Azure service from outside your network. Blocked, environments and deployments fail. ACR Tasks are not among the trusted services; they have the separate setting networkRuleBypassAllowedForTasks (see acr.tasks-bypass). The bypass has no effect on subnets with service endpoints.',
    fix: 'Sets networkRuleBypassOptions to AzureServices.',
    breaks: 'None: a trusted Azure service still needs a role on the registry.',
    links: [links.registryTrusted],
  },
  instead: 'acr.vnet-rule-compute-subnet',
  subjects: registryFirewalls,
  check: registryTrusts,
  opensFor: ['trustedServices'],
  fix: trustInRegistry,
});

export const acrTasksBypass = defineRule({
  id: 'acr.tasks-bypass',
  title: 'Registry firewall allows ACR Tasks that build images',
  problem: 'ACR Tasks blocked by registry firewall',
  severity: 'low',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'Without an image build compute, images are built by ACR Tasks. The firewall blocks them unless networkRuleBypassAllowedForTasks is true, even if the bypass allows trusted Azure services. The default is false.',
    fix: 'Sets networkRuleBypassAllowedForTasks to true, for the tasks of every user of the registry. An image build compute (acr.image-build-compute) is narrower and needs no bypass.',
    breaks: 'Nothing stops working. The tasks of every user of the registry bypass its firewall.',
    links: [links.registryTrusted],
  },
  fixKind: 'guided',
  notForHubs: 'A hub or a project has no compute cluster that could build images.',
  subjects: registryFirewalls,
  check(firewall, { index }) {
    const early = notClosed(firewall);
    if (early) return early;
    const { resource, name } = firewall;
    const allowed = booleanAt(resource.body, tasksPointer);
    const evidence = [evidenceAt(resource, tasksPointer, 'bypass for ACR Tasks')];
    if (allowed === undefined)
      return notApplicable(`The value of networkRuleBypassAllowedForTasks of the ${name} is not known.`, evidence);
    if (allowed) return pass(`ACR Tasks bypass the firewall of the ${name}.`, evidence);
    const workspace = index.workspace();
    if (!workspace) return notApplicable('No workspace was found.', evidence);
    const builder = builderName(workspace);
    return builder === undefined
      ? fail(`ACR Tasks are blocked by the ${name}: networkRuleBypassAllowedForTasks is false.`, evidence)
      : notApplicable(`Compute ${clean(builder, 60)} builds the images, not ACR Tasks.`, evidence);
  },
  fix: ({ resource }) =>
    editable(resource, () => ({
      change: editChange(resource.id, [setMember(resource.body, tasksPointer, true)]),
      phase: 2,
    })),
});

/** storage.bypass-azure-services says what blocks the workspace; a resource instance rule would change nothing. */
function perimeterDecides(firewall: ServiceFirewall, index: SnapshotIndex): CheckResult {
  const result = perimeterAllowsWorkspace(firewall, index);
  return result.outcome === 'fail'
    ? notApplicable(
        `${overruling(firewall)} overrules the resource instance rules of the ${firewall.name} (see storage.perimeter-override).`,
        result.evidence,
      )
    : result;
}

function allowsWorkspace(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const workspace = index.snapshot.workspace;
  if (workspace === null) return notApplicable('No workspace was found.');
  if (firewall.overruled) return perimeterDecides(firewall, index);
  const odd = unclear(firewall);
  if (odd) return odd;
  if (firewall.access === 'open') return notApplicable(`The ${firewall.name} allows all networks.`);
  const bypass = evidenceAt(firewall.resource, bypassPointer, 'bypass');
  const rule = instanceRuleFor(firewall, workspace);
  if (rule) {
    return pass(`The workspace is allowed by a resource instance rule of the ${firewall.name}.`, [
      evidenceAt(firewall.resource, rule.pointer, 'resource instance rule'),
    ]);
  }
  const trusted = firewall.rules === 'absent' ? true : trusts(firewall);
  if (trusted === undefined) return unknown(`The bypass of the ${firewall.name} has an unexpected value.`, [bypass]);
  if (trusted) {
    return pass(
      `The workspace is allowed as one of all trusted Azure services; a resource instance rule would be narrower.`,
      [bypass],
    );
  }
  const byRule = isAssociated(firewall.perimeter) ? perimeterAllowsWorkspace(firewall, index) : undefined;
  if (byRule?.outcome === 'pass') return byRule;
  const unread = unreadableOf(firewall, instancesPointer);
  if (unread !== undefined) return uninterpretable(firewall, 'resource instance rules', unread);
  return fail('The workspace is blocked: neither a resource instance rule nor the bypass allows it.', [
    evidenceAt(firewall.resource, instancesPointer, 'resource instance rules'),
    bypass,
  ]);
}

export const storageResourceInstanceRule = defineRule({
  id: 'storage.resource-instance-rule',
  title: 'Storage firewall allows the workspace',
  problem: 'Workspace blocked by storage firewall',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'A resource instance rule allows this workspace only. The bypass for trusted Azure services allows every service on a list of Microsoft.',
    fix: 'Adds a resource instance rule (resourceAccessRules) for the workspace.',
    links: [links.storageTrusted, links.secureWorkspace],
  },
  subjects: storageFirewalls,
  check: allowsWorkspace,
  opensFor: ['workspace'],
  fix: allowWorkspace,
});
