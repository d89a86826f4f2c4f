// The verdicts that storage and vault rules share: default action, trusted services, admitted subnets. Pure sentences over a
// `Wall`; the rules decide when to ask.
import type { Acls } from '../../kinds/network-acls.ts';
import { findSubnet, subnetView } from '../../kinds/network-view.ts';
import type { Severity } from '../../model/finding.ts';
import { valueAt } from '../../model/pointer.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { isOpenRead } from '../../model/unresolved.ts';
import type { World } from '../../model/world.ts';
import { regionOf, stateOf } from '../../posture/service-endpoints.ts';
import type { Verdict } from '../rule.ts';
import { subnetRuleFor, switchPointer, trusts, unclear, unreadableOf, type Wall } from './firewall.ts';
import { fail, notApplicable, pass, quoted, seen, subnetShown, unknown } from './verdict.ts';

export { regionOf, stateOf };

/** Does the firewall deny by default? Closed is closed, by either switch. */
export function deniesByDefault(wall: Wall): Verdict {
  const { resource, acls, name, at } = wall;
  const action = seen(resource, at.action, 'what happens to whoever no rule names');
  const access = seen(resource, switchPointer, 'public network access');
  if (wall.view.publicNetworkAccess === 'SecuredByPerimeter' || wall.rules === 'malformed') {
    return unclear(wall) ?? unknown(`The firewall of the ${name} cannot be judged.`, [action, access]);
  }
  if (acls.defaultAction === 'Deny') return pass(`The ${name} denies whoever no rule names.`, [action]);
  if (wall.view.publicNetworkAccess === 'Disabled') {
    const note =
      wall.rules === 'hidden' ? 'its rules may be hidden' : 'scanners still read the default action and complain';
    return pass(`Public access to the ${name} is off, which closes it whatever its default action; ${note}.`, [
      access,
      action,
    ]);
  }
  if (wall.door === 'malformed') return unclear(wall) ?? unknown(`The ${name} cannot be judged.`, [action, access]);
  if (wall.rules === 'absent') {
    return fail(`The ${name} has no network rules at all: any network reaches it with a key or a token.`, [
      seen(resource, at.rules, 'no rule object'),
    ]);
  }
  return fail(`The ${name} lets any network in; its ${rulesCounted(acls)} have no effect while it does.`, [
    action,
    seen(resource, at.subnets, 'without effect while the default is Allow'),
  ]);
}

/** The rules counted, or `rules` where files leave one open: how many they are does not matter to the verdict. */
function rulesCounted(acls: Acls): string {
  try {
    return `${acls.subnetRules.length} subnet, ${acls.ipRules.length} IP and ${acls.resourceRules.length} resource rules`;
  } catch (error) {
    if (isOpenRead(error)) return 'rules';
    throw error;
  }
}

/** Does the firewall let trusted Microsoft services, or this workspace by name, pass? `lower`: severity while open. */
export function letsTrustedPass(wall: Wall, workspace: string | undefined, lower: Severity): Verdict {
  const { resource, name, at } = wall;
  const bypass = seen(resource, at.bypass, 'who may pass the firewall');
  if (wall.rules === 'malformed')
    return unclear(wall) ?? unknown(`The firewall of the ${name} cannot be judged.`, [bypass]);
  if (wall.rules === 'hidden') {
    return unknown(
      `The rules of the ${name} may be hidden while its public access is off, so its bypass is not known.`,
      [seen(resource, switchPointer, 'rules may be hidden')],
    );
  }
  if (wall.rules === 'absent') {
    return notApplicable(`The ${name} has no network rules, so there is nothing to bypass.`, [
      seen(resource, at.rules, 'no rule object'),
    ]);
  }
  const trusted = trusts(wall);
  if (trusted === undefined) return unknown(`The bypass of the ${name} is not a text that can be judged.`, [bypass]);
  if (trusted) {
    const stated = valueAt(resource.body, at.bypass);
    const how = typeof stated === 'string' ? '' : ', which is the default where bypass is left out';
    return pass(`Trusted Microsoft services may pass the firewall of the ${name}${how}.`, [bypass]);
  }
  const admitted = workspace === undefined ? undefined : instanceRuleFor(wall, workspace);
  if (admitted) {
    return pass(`The ${name} shuts trusted services out but admits this workspace by a resource-instance rule.`, [
      bypass,
      seen(resource, admitted.pointer, 'admits the workspace'),
    ]);
  }
  if (wall.door === 'perimeter' || wall.door === 'malformed') {
    return unclear(wall) ?? unknown(`The ${name} cannot be judged.`, [bypass]);
  }
  const closed = wall.door === 'closed';
  return closed
    ? fail(`The ${name} shuts trusted Microsoft services out, the workspace itself among them.`, [bypass])
    : fail(
        `The ${name} does not list trusted services; that will cut the workspace off once it denies by default.`,
        [bypass],
        lower,
      );
}

/** The resource-instance rule that admits a workspace, by its id or by a wildcard that covers it. */
export function instanceRuleFor(wall: Wall, workspace: string) {
  return wall.acls.resourceRules.find(({ resourceId }) => {
    if (sameId(resourceId, workspace)) return true;
    if (!resourceId.includes('*')) return false;
    const wanted = fold(workspace).split('/');
    const pattern = fold(resourceId).split('/');
    return pattern.length === wanted.length && pattern.every((part, index) => part === '*' || part === wanted[index]);
  });
}

/** Is the subnet admitted by a subnet rule? `lower`: severity while the door is open ("will break"). */
export function admitsSubnet(wall: Wall, subnet: string, world: World, lower: Severity): Verdict {
  const { resource, name, at } = wall;
  const from = subnetShown(subnet);
  const rules = seen(resource, at.subnets, 'the subnets admitted');
  if (wall.rules === 'malformed')
    return unclear(wall) ?? unknown(`The firewall of the ${name} cannot be judged.`, [rules]);
  if (wall.rules === 'hidden') {
    return unknown(`The rules of the ${name} may be hidden while its public access is off.`, [
      seen(resource, switchPointer, 'rules may be hidden'),
    ]);
  }
  const rule = subnetRuleFor(wall, subnet);
  if (rule) {
    const evidence = [seen(resource, rule.pointer, 'admits the subnet')];
    if (wall.service === 'vault' && rule.ignoresMissingEndpoint && !hasEndpoint(subnet, 'Microsoft.KeyVault', world)) {
      return fail(
        `The rule of the ${name} for ${from} is decorative: it skips the check, and the subnet has no service endpoint.`,
        evidence,
      );
    }
    return pass(`The ${name} admits ${from}.`, evidence);
  }
  const odd = unreadableOf(wall, at.subnets);
  if (odd !== undefined) {
    return unknown(`The subnet rules of the ${name} hold something that cannot be understood.`, [
      seen(resource, odd, 'not a subnet rule'),
    ]);
  }
  if (wall.door === 'perimeter' || wall.door === 'malformed') {
    return unclear(wall) ?? unknown(`The ${name} cannot be judged.`, [rules]);
  }
  return wall.denies || wall.view.publicNetworkAccess === 'Disabled'
    ? fail(`The ${name} denies by default and does not admit ${from}, so computes there cannot reach it.`, [rules])
    : fail(`The ${name} does not list ${from}; computes there will lose it once it denies by default.`, [rules], lower);
}

function hasEndpoint(subnet: string, service: string, world: World): boolean {
  const found = findSubnet(world, subnet);
  return found !== undefined && subnetView(found).serviceEndpoints.some((one) => sameId(one.service, service));
}

export const describeState = (state: string | undefined): string => quoted(state ?? 'Succeeded');
