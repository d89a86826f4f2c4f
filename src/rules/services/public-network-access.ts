// storage.public-network-access, keyvault.public-network-access, acr.public-endpoint-kept: public network access and the
// rules that use the public endpoint do not contradict each other.

import { strategyOf } from '../../facts/architecture.ts';
import { subnetUses } from '../../facts/needs.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import { applyEdits } from '../../model/edit.ts';
import { needSentence } from '../../model/plan-need.ts';
import { indexSnapshot, withResources } from '../../model/snapshot-index.ts';
import { parseClientAddress } from '../../net/ip-rules.ts';
import { defineRule } from '../define.ts';
import {
  actionPointer,
  registryFirewalls,
  type ServiceFirewall,
  storageFirewalls,
  subnetRuleFor,
  switchPointer,
  unclear,
  vaultFirewalls,
} from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { allowAddresses, allowSubnet, disablePublicAccess, enablePublicAccess, inTurn } from '../parts/proposals.ts';
import { needs } from '../parts/subjects.ts';
import { evidenceAt, fail, listed, notApplicable, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, RuleContext } from '../rule.ts';
import { hasPrivateAccess, privateAccess } from './parts/access.ts';
import { unseenSubnetRules } from './parts/registry.ts';

/** Subnets that a rule allows and that have no private access: they lose access while public network access is disabled. */
function dependentSubnets(firewall: ServiceFirewall, context: RuleContext): string[] {
  const { index } = context;
  if (firewall.acls.subnetRules.length === 0) return [];
  const databricks = firewall.service === 'vault' ? [] : subnetUses(index).filter(({ role }) => role === 'databricks');
  const users = [...needs(firewall.resource.id, context), ...databricks.map(({ subnet }) => subnet)];
  return users.filter(
    (subnet) => subnetRuleFor(firewall, subnet) && !reachedPrivately(firewall.resource.id, subnet, index),
  );
}

function check(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const odd = firewall.view.publicNetworkAccess === 'SecuredByPerimeter' ? undefined : unclear(firewall);
  if (odd) return odd;
  const { index } = context;
  const { name, resource } = firewall;
  const evidence = [
    evidenceAt(resource, switchPointer, 'public network access'),
    evidenceAt(resource, actionPointer, 'default action'),
  ];
  const { publicNetworkAccess } = firewall.view;
  const isSecured = publicNetworkAccess === 'SecuredByPerimeter';
  if (isSecured && strategyOf(resource.id, index) === 'service-endpoint') {
    return fail(
      `Public network access to the ${name} is SecuredByPerimeter: its virtual network rules have no effect, and service endpoints use the public endpoint.`,
      evidence,
    );
  }
  if (publicNetworkAccess !== 'Disabled' && !isSecured) {
    if (firewall.access === 'open')
      return notApplicable(
        `The ${name} allows all networks, which ${firewall.service === 'vault' ? 'keyvault' : firewall.service === 'registry' ? 'acr' : 'storage'}.default-action-deny reports.`,
        evidence,
      );
    const note =
      strategyOf(resource.id, index) === 'service-endpoint'
        ? ''
        : ' Clients use private endpoints, so it could be Disabled.';
    return pass(`Public network access to the ${name} is Enabled and its default action is Deny.${note}`, evidence);
  }
  const isPrivate = hasPrivateAccess(firewall, index);
  const state = `Public network access is ${publicNetworkAccess}`;
  if (firewall.rules === 'hidden' && !isPrivate) {
    return fail(
      'Public network access is Disabled and there is no private endpoint: no network rule has an effect.',
      evidence,
    );
  }
  const dependent = dependentSubnets(firewall, context);
  if (dependent.length > 0) {
    return fail(
      `${state}, but ${listed(dependent.map(subnetShown))} depend${dependent.length === 1 ? 's' : ''} on virtual network rules, which use the public endpoint.`,
      evidence,
    );
  }
  if (!isPrivate) {
    return fail(
      `${state} and there is no private endpoint: only ${isSecured ? 'clients allowed by access rules of a perimeter' : 'trusted Azure services'} can connect.`,
      evidence,
    );
  }
  const inside = privateAccess(firewall, index);
  const all = [...evidence, ...(inside.evidence ?? [])];
  if (inside.outcome === 'pass')
    return pass(
      `Public network access to the ${name} is ${publicNetworkAccess} and private endpoints are approved.`,
      all,
    );
  return inside.outcome === 'unknown' ? unknown(inside.because, all) : notApplicable(inside.because, all);
}

const endpointRules: Readonly<Record<ServiceFirewall['service'], string>> = {
  storage: 'storage.private-endpoints',
  vault: 'keyvault.private-endpoint',
  registry: 'acr.private-endpoint',
};

/** A disabled endpoint states an intention: it is enabled only where the operator says so. */
function asksToOpen({ name, service, view }: ServiceFirewall, { way }: Answers): string | undefined {
  if (way === 'open') return undefined;
  const says = `enables the public endpoint of the ${name}, ${view.publicNetworkAccess === 'SecuredByPerimeter' ? 'in place of SecuredByPerimeter' : 'which was disabled'}`;
  const need = needSentence({ kind: 'choice', options: [{ name: 'way', value: 'open', says }] });
  return `Missing private endpoints are the likely cause: see ${endpointRules[service]} first. ${need}`;
}

function fix(
  firewall: ServiceFirewall,
  context: RuleContext,
  answers: Answers,
): Proposal | readonly Proposal[] | string {
  if (firewall.view.publicNetworkAccess !== 'Enabled' && firewall.view.publicNetworkAccess !== undefined)
    return asksToOpen(firewall, answers) ?? enable(firewall, context);
  if (strategyOf(firewall.resource.id, context.index) === 'service-endpoint')
    return `The ${firewall.name} uses service endpoints, which need public network access.`;
  const inside = privateAccess(firewall, context.index);
  if (inside.outcome !== 'pass') return `${inside.because} Public network access stays enabled until that is fixed.`;
  if (dependentSubnets(firewall, context).length > 0 || firewall.acls.ipRules.length > 0)
    return `Subnets or IP addresses depend on rules of the ${firewall.name}, which have no effect without public network access.`;
  return disablePublicAccess(firewall);
}

/**
 * With public network access enabled, network rules apply again: the same plan allows the operator's addresses, and the compute
 * subnets where the resource then uses service endpoints.
 */
function enable(firewall: ServiceFirewall, context: RuleContext): readonly Proposal[] | string {
  const { index } = context;
  const enabled = enablePublicAccess(firewall);
  if (typeof enabled === 'string') return enabled;
  const body = applyEdits(firewall.resource.body, enabled.change.edits);
  const after = indexSnapshot(withResources(index.snapshot, [{ ...firewall.resource, body }]));
  const bySubnets = strategyOf(firewall.resource.id, after) === 'service-endpoint';
  const clients = (index.snapshot.intents.devClientIps ?? []).filter((client) => parseClientAddress(client).ok);
  return inTurn(firewall, [
    () => enabled,
    (here) => allowAddresses(here, clients),
    ...(bySubnets ? needs(firewall.resource.id, context) : []).map(
      (subnet) => (here: ServiceFirewall) => allowSubnet(here, subnet, context),
    ),
  ]);
}

export const storagePublicNetworkAccess = defineRule({
  id: 'storage.public-network-access',
  answers: { way: ['open'] },
  title: 'Public network access matches the architecture',
  problem: 'Public network access conflicts with the architecture',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Service endpoints use the public endpoint. While public network access is Disabled, virtual network rules and IP rules have no effect, and computes that depend on them are blocked.',
    fix: 'Sets publicNetworkAccess to Enabled, with the default action Deny in the same write. If all clients have private access, sets it to Disabled as the last step of a plan.',
    breaks:
      'Disabled: clients without a private endpoint lose access; trusted Azure services and resource instance rules still apply. Enabled: network rules apply again.',
    links: [links.storageFirewall, links.storageLimits],
  },
  subjects: storageFirewalls,
  check,
  fix,
});

export const keyvaultPublicNetworkAccess = defineRule({
  id: 'keyvault.public-network-access',
  answers: { way: ['open'] },
  title: 'Key vault public network access matches the architecture',
  problem: 'Public network access conflicts with the architecture',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'Service endpoints use the public endpoint. While public network access is Disabled, network rules have no effect, and Azure may not even show them.',
    fix: 'Sets publicNetworkAccess to Enabled if computes depend on virtual network rules. If all clients have private access, sets it to Disabled as the last step of a plan. This fix does not edit hidden rules.',
    breaks:
      'Disabled: clients without a private endpoint lose access, except trusted Azure services. Enabled: network rules apply again.',
    links: [links.vaultFirewall],
  },
  subjects: vaultFirewalls,
  check,
  fix,
});

function keepsEndpoint(firewall: ServiceFirewall, { index }: RuleContext): CheckResult {
  const { resource, name, at, acls, view } = firewall;
  const evidence = [
    evidenceAt(resource, switchPointer, 'public network access'),
    evidenceAt(resource, at.subnets, 'virtual network rules'),
  ];
  if (view.publicNetworkAccess !== 'Disabled')
    return unclear(firewall) ?? pass(`Public network access to the ${name} is Enabled.`, evidence);
  const unseen = unseenSubnetRules(firewall, index);
  if (unseen) return unseen;
  const subnets = acls.subnetRules.map(({ id }) => subnetShown(id));
  return subnets.length > 0
    ? fail(
        `Public network access is Disabled, so the virtual network rules for ${listed(subnets)} have no effect.`,
        evidence,
      )
    : (unclear(firewall) ??
        pass(`The ${name} has no virtual network rules that need public network access.`, evidence));
}

export const acrPublicEndpointKept = defineRule({
  id: 'acr.public-endpoint-kept',
  answers: { way: ['open'] },
  title: 'Registry with service endpoints has public network access',
  problem: 'Public network access disabled with service endpoints',
  severity: 'high',
  for: ['service-endpoint'],
  explain: {
    why: 'A virtual network rule allows traffic to the public endpoint. While public network access is Disabled, these rules have no effect.',
    fix: 'Sets publicNetworkAccess to Enabled, with the default action Deny in the same write, with the older api-version that keeps virtual network rules.',
    breaks: 'None: clients without a rule stay blocked.',
    links: [links.registrySubnets, links.registryRules],
  },
  fixKind: 'guided',
  instead: 'acr.endpoint-kinds-exclusive',
  subjects: registryFirewalls,
  check: keepsEndpoint,
  fix: (firewall, _context, answers) => asksToOpen(firewall, answers) ?? enablePublicAccess(firewall),
});
