// Results that rules about storage accounts, key vaults and registries share: default action, trusted services, allowed subnets.

import {
  allowedAddresses,
  isAssociated,
  perhapsAllowed,
  perimeterName,
  throughPerimeter,
  unclearRules,
  workspaceAllowedBy,
} from '../../facts/perimeter.ts';
import { regionOf, sameRegion, stateOf } from '../../facts/service-endpoints.ts';
import type { Severity } from '../../model/finding.ts';
import { valueAt } from '../../model/pointer.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { isUnresolvedRead } from '../../model/unresolved.ts';
import { countOf } from '../../net/addresses.ts';
import { findSubnet, subnetView } from '../../resource-types/network-view.ts';
import type { CheckResult } from '../rule.ts';
import {
  effectivelyOpen,
  isUndecided,
  overruling,
  overrulingName,
  perimeterEvidence,
  perimeterUnknown,
  type ServiceFirewall,
  subnetRuleFor,
  switchPointer,
  trusts,
  undetermined,
  uninterpretable,
  unreadableOf,
} from './firewall.ts';
import { evidenceAt, fail, few, notApplicable, pass, quoted, subnetShown, unknown } from './verdict.ts';

export { regionOf, sameRegion, stateOf };

/** Is access denied by default, by the default action or by public network access? */
export function deniesByDefault(firewall: ServiceFirewall): CheckResult {
  const { resource, name, at } = firewall;
  const action = evidenceAt(resource, at.action, 'default action');
  const access = evidenceAt(resource, switchPointer, 'public network access');
  const byRules = wideAccessRules(firewall);
  if (byRules) return byRules;
  if (firewall.overruled) {
    return pass(
      `${overruling(firewall)} blocks public access to the ${name}, except by its access rules.`,
      perimeterEvidence(resource, firewall.perimeter),
    );
  }
  if (firewall.rules === 'malformed' || firewall.view.publicNetworkAccess === 'SecuredByPerimeter')
    return undetermined(firewall);
  if (firewall.acls.defaultAction === 'Deny') return pass(`Default action of the ${name} is Deny.`, [action]);
  if (firewall.view.publicNetworkAccess === 'Disabled') {
    const note =
      firewall.rules === 'hidden'
        ? 'Its network rules may be hidden.'
        : 'Security scanners may still report its default action.';
    return pass(`Public network access to the ${name} is Disabled. ${note}`, [access, action]);
  }
  if (firewall.access === 'malformed' || firewall.access === 'perimeter') return undetermined(firewall);
  if (firewall.rules === 'absent') {
    return fail(
      `The ${name} has no network rules: all networks can connect with ${firewall.service === 'storage' ? 'a key or a token' : 'a token'}.`,
      [evidenceAt(resource, at.rules, 'network rules')],
    );
  }
  return fail(`Default action is Allow: all networks can connect, and network rules${howMany(firewall)} are ignored.`, [
    action,
    evidenceAt(resource, at.subnets, 'virtual network rules, ignored'),
  ]);
}

/** Where one of the access rules may not apply to the resource. */
const unclearAccess = ({ name, resource, perimeter }: ServiceFirewall): CheckResult =>
  unknown(
    `Who can connect to the ${name} is not known: ${unclearRules(perimeter) ?? ''}.`,
    perimeterEvidence(resource, perimeter),
  );

/** Access rules of a perimeter that together leave the resource open, wherever they apply. */
function wideAccessRules(firewall: ServiceFirewall): CheckResult | undefined {
  const { name, resource, perimeter } = firewall;
  const count = countOf(allowedAddresses(perimeter));
  const perhaps = perhapsAllowed(perimeter);
  if (count < BigInt(effectivelyOpen))
    return perhaps && countOf(perhaps) >= BigInt(effectivelyOpen) ? unclearAccess(firewall) : undefined;
  return fail(
    `The ${name} is effectively open: access rules of ${perimeterName(perimeter)} allow ${count.toLocaleString('en-US')} addresses.`,
    perimeterEvidence(resource, perimeter),
  );
}

/** ` (3 configured)`; empty where a template leaves a list unresolved, because the outcome does not depend on it. */
function howMany({ acls }: ServiceFirewall): string {
  try {
    return ` (${acls.subnetRules.length + acls.ipRules.length + acls.resourceRules.length} configured)`;
  } catch (error) {
    if (isUnresolvedRead(error)) return '';
    throw error;
  }
}

/** The result by the perimeter for the workspace service, where the bypass and resource instance rules have no effect. */
export function perimeterAllowsWorkspace(
  firewall: ServiceFirewall,
  index: SnapshotIndex,
  lower?: Severity,
): CheckResult {
  const { resource, name, perimeter } = firewall;
  const evidence = perimeterEvidence(resource, perimeter);
  const allowed = workspaceAllowedBy(perimeter, index);
  if (perimeter.errors.length > 0) return notPropagated(firewall);
  if (allowed !== undefined && allowed !== 'unknown') {
    return pass(
      `The workspace is allowed by ${allowed.by} of ${perimeterName(perimeter)}. Such a rule allows managed identities, not SAS tokens.`,
      evidence,
    );
  }
  if (firewall.access === 'perimeter') return perimeterUnknown(firewall);
  if (allowed === 'unknown') {
    return unknown(
      `An access rule of ${perimeterName(perimeter)} may allow the workspace by a service tag or perimeter.`,
      evidence,
    );
  }
  return trusts(firewall) === undefined
    ? unknown(
        `Whether ${perimeterName(perimeter)} allows trusted Azure services is not documented for publicNetworkAccess SecuredByPerimeter in Learning mode.`,
        evidence,
      )
    : fail(
        `${overruling(firewall)} blocks trusted Azure services at the ${name}, and no access rule allows the subscription of the workspace.`,
        evidence,
        lower,
      );
}

const notPropagated = ({ name, resource, perimeter }: ServiceFirewall): CheckResult =>
  unknown(
    `Azure reports that ${perimeterName(perimeter)} is not fully applied to the ${name}: ${quoted(perimeter.errors.join(' '))}`,
    perimeterEvidence(resource, perimeter),
  );

/** Are trusted Azure services, or this workspace by a resource instance rule, allowed? `lower`: severity while access is open. */
export function allowsTrustedServices(firewall: ServiceFirewall, index: SnapshotIndex, lower: Severity): CheckResult {
  const { resource, name, at } = firewall;
  const workspace = firewall.service === 'storage' ? (index.snapshot.workspace ?? undefined) : undefined;
  if (firewall.overruled) return perimeterAllowsWorkspace(firewall, index, 'low');
  const bypass = evidenceAt(resource, at.bypass, 'bypass');
  if (firewall.rules === 'malformed' || firewall.rules === 'hidden') return undetermined(firewall);
  if (firewall.rules === 'absent') {
    return notApplicable(`The ${name} has no network rules, so there is no bypass.`, [
      evidenceAt(resource, at.rules, 'network rules'),
    ]);
  }
  const trusted = trusts(firewall);
  if (trusted === undefined && firewall.perimeter.gap) return perimeterUnknown(firewall);
  if (trusted === undefined) return unknown(`The bypass of the ${name} has an unexpected value.`, [bypass]);
  if (trusted) {
    const isDefault =
      typeof valueAt(resource.body, at.bypass) === 'string'
        ? ''
        : ' (bypass is not set, and AzureServices is its default)';
    return pass(`Trusted Azure services are allowed by the ${name}${isDefault}.`, [bypass]);
  }
  const rule = workspace === undefined ? undefined : instanceRuleFor(firewall, workspace);
  if (rule) {
    return pass(`This workspace is allowed by a resource instance rule of the ${name}; other services are blocked.`, [
      bypass,
      evidenceAt(resource, rule.pointer, 'resource instance rule'),
    ]);
  }
  if (firewall.access === 'perimeter' || firewall.access === 'malformed') return undetermined(firewall);
  const byRule = isAssociated(firewall.perimeter) ? perimeterAllowsWorkspace(firewall, index) : undefined;
  if (byRule?.outcome === 'pass') return byRule;
  const machineLearning = index.snapshot.workspace === null ? 'Azure Machine Learning' : 'this workspace';
  return firewall.access === 'closed'
    ? fail(`Trusted Azure services, including ${machineLearning}, are blocked.`, [bypass])
    : fail(
        `Trusted Azure services are not in the bypass: ${machineLearning} loses access when the default action becomes Deny.`,
        [bypass],
        lower,
      );
}

/** The resource instance rule that covers a workspace, by its id or by a wildcard. */
export function instanceRuleFor(firewall: ServiceFirewall, workspace: string) {
  if (firewall.overruled) return undefined;
  return firewall.acls.resourceRules.find(({ resourceId }) => {
    if (sameId(resourceId, workspace)) return true;
    if (!resourceId.includes('*')) return false;
    const wanted = fold(workspace).split('/');
    const pattern = fold(resourceId).split('/');
    return (
      pattern.length === wanted.length && pattern.every((part, position) => part === '*' || part === wanted[position])
    );
  });
}

/** Is the subnet allowed by a virtual network rule? `lower`: severity while access is open. */
export function allowsSubnet(
  firewall: ServiceFirewall,
  subnet: string,
  index: SnapshotIndex,
  lower: Severity,
): CheckResult {
  const { resource, name, service } = firewall;
  const rule = subnetRuleFor(firewall, subnet);
  const byPerimeter = rule ? undefined : perimeterAllowsSubnet(firewall, subnet, index);
  if (byPerimeter) return byPerimeter;
  // A rule decides whatever the default action is.
  if (rule && isUndecided(firewall)) return perimeterUnknown(firewall);
  if (!rule) return allowsNone(firewall, [subnet], lower);
  const evidence = [evidenceAt(resource, rule.pointer, 'virtual network rule')];
  return service === 'vault' && rule.ignoresMissingEndpoint && !hasEndpoint(subnet, 'Microsoft.KeyVault', index)
    ? fail(
        `The rule of the ${name} for ${subnetShown(subnet)} has no effect: the subnet has no Microsoft.KeyVault service endpoint.`,
        evidence,
      )
    : pass(`${subnetShown(subnet)} is allowed by the ${name}.`, evidence);
}

/** The result by the access rules of a perimeter; undefined where they decide nothing, or nothing in favour of the subnet. */
function perimeterAllowsSubnet(
  firewall: ServiceFirewall,
  subnet: string,
  index: SnapshotIndex,
): CheckResult | undefined {
  const { resource, name, perimeter, overruled } = firewall;
  if (!overruled && !isAssociated(perimeter)) return undefined;
  if (firewall.access === 'perimeter') return perimeterUnknown(firewall);
  const evidence = [
    ...perimeterEvidence(resource, perimeter),
    evidenceAt(resource, firewall.at.subnets, 'virtual network rules'),
  ];
  if (overruled && perimeter.errors.length > 0) return notPropagated(firewall);
  const { verdict, because } = throughPerimeter({ subnet, nic: undefined }, resource, perimeter, index);
  if (verdict === 'allowed') return pass(`${subnetShown(subnet)} is allowed by the ${name}: ${because}.`, evidence);
  if (!overruled) return undefined;
  return verdict === 'unknown'
    ? unknown(`${overruling(firewall)} overrules the virtual network rules of the ${name}, and ${because}.`, evidence)
    : fail(
        `Compute in ${subnetShown(subnet)} is blocked by the ${name}: ${overrulingName(firewall)} overrules its virtual network rules, and ${because}.`,
        evidence,
      );
}

/** The result for subnets without a virtual network rule. */
export function allowsNone(firewall: ServiceFirewall, subnets: readonly string[], lower: Severity): CheckResult {
  const { resource, name, at } = firewall;
  if (firewall.rules === 'malformed' || firewall.rules === 'hidden') return undetermined(firewall);
  const odd = unreadableOf(firewall, at.subnets);
  if (odd !== undefined) return uninterpretable(firewall, 'virtual network rules', odd);
  if (firewall.access === 'perimeter' || firewall.access === 'malformed') return undetermined(firewall);
  const evidence = [evidenceAt(resource, at.subnets, 'virtual network rules')];
  const from = `Compute in ${few(subnets.map(subnetShown))}`;
  const reason = `no virtual network rule allows the subnet${subnets.length === 1 ? '' : 's'}.`;
  return firewall.denies || firewall.view.publicNetworkAccess === 'Disabled'
    ? fail(`${from} is blocked by the ${name}: ${reason}`, evidence)
    : fail(`${from} loses access to the ${name} when the default action becomes Deny: ${reason}`, evidence, lower);
}

function hasEndpoint(subnet: string, service: string, index: SnapshotIndex): boolean {
  const found = findSubnet(index, subnet);
  return found !== undefined && subnetView(found).serviceEndpoints.some((one) => sameId(one.service, service));
}

export const describeState = (state: string | undefined): string => quoted(state ?? 'Succeeded');
