// The typed views over a workspace's managed network: its outbound rules, which stand in the workspace's body by name and are
// resources of their own as well. Reads only; never throws.
import { isObject, type JsonObject } from '../model/json.ts';
import { member, memberNames, updateAt, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { enumAt, lazily, objectAt, oncePerResource, textAt } from './read.ts';

export const outboundRuleType = 'Microsoft.MachineLearningServices/workspaces/outboundRules';
export const managedNetworkPointer = '/properties/managedNetwork';
export const isolationPointer = `${managedNetworkPointer}/isolationMode`;
export const networkStatusPointer = `${managedNetworkPointer}/status/status`;
export const outboundRulesPointer = `${managedNetworkPointer}/outboundRules`;

const ruleTypes = ['FQDN', 'PrivateEndpoint', 'ServiceTag'] as const;
const categories = ['UserDefined', 'Required', 'Recommended', 'Dependency'] as const;
const states = ['Active', 'Inactive', 'Provisioning', 'Deleting', 'Failed'] as const;

export interface OutboundRuleView {
  readonly name: string;
  readonly type: (typeof ruleTypes)[number] | (string & {}) | undefined;
  /** `UserDefined`, or made by the service. */
  readonly category: (typeof categories)[number] | (string & {}) | undefined;
  readonly status: (typeof states)[number] | (string & {}) | undefined;
  /** Id and group of what a private endpoint rule leads to. */
  readonly target: string | undefined;
  /** In lower case. */
  readonly group: string | undefined;
}

/** One outbound rule as its own resource. */
export const outboundRuleView = oncePerResource(
  ({ id, body }: Resource): OutboundRuleView =>
    lazily<OutboundRuleView>({
      name: () => textAt(body, '/name') ?? nameOf(id),
      type: () => enumAt(body, '/properties/type', ruleTypes),
      category: () => enumAt(body, '/properties/category', categories),
      status: () => enumAt(body, '/properties/status', states),
      target: () => textAt(body, '/properties/destination/serviceResourceId'),
      group: () => {
        const group = textAt(body, '/properties/destination/subresourceTarget');
        return group === undefined ? undefined : fold(group);
      },
    }),
);

/** Does the workspace's answer show the rules at all? Without them nothing is known of any. */
export const showsOutboundRules = ({ body }: Resource): boolean => isObject(valueAt(body, outboundRulesPointer));

/**
 * One resource for each outbound rule that the workspace's body shows. The scan keeps them beside the workspace, so that
 * `world.get(ruleId)` answers.
 */
export function outboundRulesOf(workspace: Resource): Resource[] {
  const rules = objectAt(workspace.body, outboundRulesPointer);
  return memberNames(rules ?? {}).flatMap((name) => {
    const properties = rules && member(rules, name);
    if (!isObject(properties)) return [];
    const id = `${workspace.id}/outboundRules/${name}`;
    const body = { id, name, type: outboundRuleType, properties };
    return [{ id, type: outboundRuleType, apiVersion: workspace.apiVersion, body }];
  });
}

/** The workspace with one of its rules put in, replaced, or (`null`) taken out. */
export function withOutboundRule(workspace: Resource, name: string, properties: JsonObject | null): Resource {
  const network = objectAt(workspace.body, managedNetworkPointer);
  if (!network) return workspace;
  const rules = objectAt(workspace.body, outboundRulesPointer) ?? {};
  const known = memberNames(rules).find((one) => fold(one) === fold(name)) ?? name;
  const after = withMember(rules, known, properties ?? undefined);
  const body = updateAt(workspace.body, ['properties', 'managedNetwork', 'outboundRules'], () => after);
  return isObject(body) ? { ...workspace, body } : workspace;
}
