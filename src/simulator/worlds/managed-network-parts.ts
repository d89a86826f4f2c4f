// A managed network as its workspace shows it, and its outbound rules as resources of their own. The names and tags of the
// rules that the service makes itself are those seen in real workspaces (learn.microsoft.com, "Workspace managed virtual
// network isolation", required rules, 2025).
import { requiredTags as serviceTags } from '../providers/microsoft.machinelearningservices/required-tags.ts';
import { region, workspace } from './names.ts';
import { guidOf, joined, name } from './parts.ts';

export interface OutboundRule {
  readonly name: string;
  /** Texts of the members of its `properties`. */
  readonly properties: string;
}

export interface ManagedNetwork {
  readonly mode: 'AllowInternetOutbound' | 'AllowOnlyApprovedOutbound';
  readonly status: 'Active' | 'Inactive';
  readonly rules: readonly OutboundRule[];
}

type Status = 'Active' | 'Inactive';

/** A private endpoint of the managed network to a group of a resource. One of the service's own is `Required`. */
export function endpointRule(
  target: string,
  group: string,
  isRequired: boolean,
  status: Status = 'Active',
): OutboundRule {
  const rule = isRequired
    ? `__SYS_PE_${name(target)}_${group}_${guidOf(`${target} ${group}`).slice(0, 8)}`
    : `${name(target)}-${group}`;
  return {
    name: rule,
    properties: `"type": "PrivateEndpoint", "destination": {"serviceResourceId": "${target}", "subresourceTarget": "${group}",
      "sparkEnabled": false, "sparkStatus": "Inactive"}, "status": "${status}", "category": "${isRequired ? 'Required' : 'UserDefined'}"`,
  };
}

/** A host name that nodes may reach; only a network of approved outbound takes one. */
export const hostRule = (rule: string, host: string, status: Status = 'Active'): OutboundRule => ({
  name: rule,
  properties: `"type": "FQDN", "destination": "${host}", "status": "${status}", "category": "UserDefined"`,
});

/** The service tags that the service itself needs, in a network of approved outbound. */
export function requiredTags(status: Status = 'Active'): OutboundRule[] {
  return serviceTags(region).map(({ name: rule, serviceTag, protocol, portRanges }) => ({
    name: rule,
    properties: `"type": "ServiceTag", "destination": {"serviceTag": "${serviceTag}", "protocol": "${protocol}", "portRanges": "${portRanges}",
      "action": "Allow"}, "status": "${status}", "category": "Required"`,
  }));
}

/** The member `managedNetwork` of the workspace. */
export function managedNetworkMember({ mode, status, rules }: ManagedNetwork): string {
  const inside = rules.map((rule) => `"${rule.name}": {${rule.properties}}`);
  const next = mode === 'AllowOnlyApprovedOutbound' ? '[]' : '["AllowOnlyApprovedOutbound"]';
  return `{"isolationMode": "${mode}", "networkId": "${guidOf(`${workspace} network`)}", "outboundRules": {${joined(inside)}},
    "status": {"status": "${status}", "sparkReady": false}, "changeableIsolationModes": ${next}}`;
}

/** The rules as resources. */
export const outboundRuleBodies = ({ rules }: ManagedNetwork): string[] =>
  rules.map(
    (rule) => `{"id": "${workspace}/outboundRules/${rule.name}", "name": "${rule.name}",
      "type": "Microsoft.MachineLearningServices/workspaces/outboundRules", "properties": {${rule.properties}}}`,
  );
