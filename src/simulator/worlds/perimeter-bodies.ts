// The bodies of a network security perimeter: the perimeter with its profile, its access rules, the associations, and what each
// associated account or vault shows of them, as JSON text.
import { joined, list, name } from './bodies.ts';
import { inGroup, region } from './names.ts';

export interface AccessRuleText {
  readonly name: string;
  readonly subscriptions?: readonly string[];
  readonly addresses?: readonly string[];
}
export interface AssociationText {
  readonly resource: string;
  readonly mode: 'Enforced' | 'Learning';
}

const guid = 'c0ffee00-0000-4000-8000-0000000000a1';
export const perimeter = inGroup('Microsoft.Network/networkSecurityPerimeters', 'nsp-ml');
const profile = `${perimeter}/profiles/defaultProfile`;
const associationId = (resource: string): string => `${perimeter}/resourceAssociations/assoc-${name(resource)}`;

const ruleProperties = ({ subscriptions = [], addresses = [] }: AccessRuleText): string =>
  joined([
    '"direction": "Inbound"',
    `"addressPrefixes": ${list(addresses.map((one) => `"${one}"`))}`,
    '"fullyQualifiedDomainNames": []',
    `"subscriptions": ${list(subscriptions.map((id) => `{"id": "${id}"}`))}`,
    '"networkSecurityPerimeters": []',
  ]);

const type = (id: string): string =>
  id.includes('/Microsoft.KeyVault/') ? 'Microsoft.KeyVault/vaults' : 'Microsoft.Storage/storageAccounts';

/** What the resource shows: Azure makes it of the association and the profile. */
function configuration({ resource, mode }: AssociationText, rules: readonly AccessRuleText[]): string {
  const association = name(associationId(resource));
  const own = `${guid}.${association}`;
  return `{"id": "${resource}/networkSecurityPerimeterConfigurations/${own}", "name": "${own}",
    "type": "${type(resource)}/networkSecurityPerimeterConfigurations",
    "properties": {"provisioningState": "Succeeded", "provisioningIssues": [],
      "networkSecurityPerimeter": {"id": "${perimeter}", "perimeterGuid": "${guid}", "location": "${region}"},
      "resourceAssociation": {"name": "${association}", "accessMode": "${mode}"},
      "profile": {"name": "${name(profile)}", "accessRulesVersion": 0,
        "accessRules": ${list(rules.map((rule) => `{"name": "${rule.name}", "properties": {${ruleProperties(rule)}}}`))},
        "diagnosticSettingsVersion": 0, "enabledLogCategories": []}}}`;
}

/** A perimeter with one profile for all associated resources. */
export const perimeterBodies = (
  associations: readonly AssociationText[],
  rules: readonly AccessRuleText[] = [],
): string[] => [
  `{"id": "${perimeter}", "name": "${name(perimeter)}", "type": "Microsoft.Network/networkSecurityPerimeters", "location": "${region}",
    "properties": {"provisioningState": "Succeeded", "perimeterGuid": "${guid}"}}`,
  `{"id": "${profile}", "name": "${name(profile)}", "type": "Microsoft.Network/networkSecurityPerimeters/profiles",
    "properties": {"accessRulesVersion": "0", "diagnosticSettingsVersion": "0"}}`,
  ...rules.map(
    (rule) =>
      `{"id": "${profile}/accessRules/${rule.name}", "name": "${rule.name}",
    "type": "Microsoft.Network/networkSecurityPerimeters/profiles/accessRules",
    "properties": {"provisioningState": "Succeeded", ${ruleProperties(rule)}}}`,
  ),
  ...associations.flatMap((one) => [
    `{"id": "${associationId(one.resource)}", "name": "${name(associationId(one.resource))}",
    "type": "Microsoft.Network/networkSecurityPerimeters/resourceAssociations",
    "properties": {"provisioningState": "Succeeded", "privateLinkResource": {"id": "${one.resource}"},
      "profile": {"id": "${profile}"}, "accessMode": "${one.mode}", "hasProvisioningIssues": "no"}}`,
    configuration(one, rules),
  ]),
];
