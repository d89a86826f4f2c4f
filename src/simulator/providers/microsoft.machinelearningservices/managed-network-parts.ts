// The managed network of a workspace as its document shows it: isolation mode, status, rules by name.
import { fold, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, child, isObject, nameIn, put, text } from '../../json.ts';

export const modes = ['Disabled', 'AllowInternetOutbound', 'AllowOnlyApprovedOutbound'] as const;
export type Mode = (typeof modes)[number];
export const ruleType = 'Microsoft.MachineLearningServices/workspaces/outboundRules';

export const badRequest = (message: string): ArmError => new ArmError(400, 'BadRequest', message);

export function networkIn(workspace: ArmObject | undefined): ArmObject | undefined {
  const found = at(workspace, 'properties', 'managedNetwork');
  return isObject(found) ? found : undefined;
}

export function modeOf(workspace: ArmObject | undefined): Mode {
  const mode = fold(text(networkIn(workspace), 'isolationMode') ?? '');
  return modes.find((known) => fold(known) === mode) ?? 'Disabled';
}

export function isActive(workspace: ArmObject | undefined): boolean {
  return fold(text(networkIn(workspace), 'status', 'status') ?? '') === 'active';
}

/** Rules by name; empty without a managed network. */
export function rulesIn(workspace: ArmObject | undefined): (readonly [name: string, rule: ArmObject])[] {
  const rules = at(networkIn(workspace), 'outboundRules');
  return isObject(rules) ? [...rules].flatMap(([name, rule]) => (isObject(rule) ? [[name, rule] as const] : [])) : [];
}

/** Sets a rule in the document of its workspace, or takes it out. */
export function putRule(workspace: ArmObject, name: string, rule: ArmJson | undefined): void {
  const rules = child(child(child(workspace, 'properties'), 'managedNetwork'), 'outboundRules');
  if (rule === undefined) rules.delete(nameIn(rules, name) ?? name);
  else put(rules, name, rule);
}

export const isEndpointRule = (rule: ArmObject): boolean => fold(text(rule, 'type') ?? '') === 'privateendpoint';

/** The service's own rules can be neither changed nor deleted by a caller. */
export const isUserDefined = (rule: ArmJson | undefined): boolean =>
  fold(text(rule, 'category') ?? 'UserDefined') === 'userdefined';

/** Where an endpoint rule leads: a resource and one of its groups. */
export function reach(rule: ArmObject): { readonly id: string; readonly group: string } {
  return {
    id: text(rule, 'destination', 'serviceResourceId') ?? '',
    group: text(rule, 'destination', 'subresourceTarget') ?? '',
  };
}

export function leadsTo(rule: ArmObject, id: string, group: string): boolean {
  const to = reach(rule);
  return isEndpointRule(rule) && sameId(to.id, id) && fold(to.group) === fold(group);
}
