// What rules look at is read from Terraform too: where a setting that the author wrote is left out, a rule answers as if it were not
// set. The samples of the rules show which settings those are.
import { expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { fold, typeOf } from '../../src/model/resource-id.ts';
import { isUnresolved } from '../../src/model/unresolved.ts';
import { resourcesOfTerraform, terraformTypes } from '../../src/terraform/index.ts';
import { findingsOf } from '../answers/samples.ts';
import { samples } from '../rules/samples.ts';

const group = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{main}';

/** What no attribute of the resource's own says, and where it is from instead. */
const elsewhere: readonly (readonly [what: RegExp, why: string])[] = [
  [/privateEndpointConnections/, 'made of the private endpoints of the file'],
  [/virtualnetworks \/properties\/virtualNetworkPeerings/, 'a resource of its own'],
  [/\/provisioningState$|\/loginServer$|\/instanceView\/|\/numberOfRecordSets$|\/privateLinkCount$/, 'Azure writes it'],
  [
    /\/defaultSecurityRules$|\/ipConfiguration$|\/networkInterfaces$|\/subnets$|\/backendAddressPools$|\/natGateway$/,
    'Azure writes it',
  ],
  [/routetables \/properties\/disablePeeringRoute$/, 'no attribute'],
  [/managedclusters (?:\/identity|\/properties\/servicePrincipalProfile\/clientId)$/, 'known only after the apply'],
  [/databricks\/workspaces \/properties\/managedResourceGroupId$/, 'known only after the apply'],
  [/machinelearningservices\/workspaces \/properties\/(?:ipAllowlist|networkAcls\/ipRules)/, 'no attribute'],
  [/machinelearningservices\/workspaces \/properties\/systemDatastoresAuthMode$/, 'no attribute'],
  [/machinelearningservices\/workspaces \/properties\/sharedPrivateLinkResources/, 'no attribute'],
  [/machinelearningservices\/workspaces \/sku\/tier$/, 'its editions have ended'],
  [/azurefirewalls \/properties\/(?:nat|network)RuleCollections\//, 'classic rules are not read'],
];

/** Every body that an entry makes, with each attribute set and not known. */
function bodiesByType(): Map<string, JsonObject[]> {
  const plan = Object.keys(terraformTypes).map(
    (type): JsonObject => ({
      ...{ address: `${type}.x`, mode: 'managed', type, name: 'x' },
      change: { actions: ['create'], before: null, after: {}, after_unknown: true },
    }),
  );
  const made = plan.flatMap(
    (one) =>
      resourcesOfTerraform({ format_version: '1.2', terraform_version: '1.9', resource_changes: [one] }, group)
        .resources,
  );
  return new Map([...Map.groupBy(made, ({ type }) => fold(type))].map(([type, all]) => [type, all.map((a) => a.body)]));
}

/** Is there a value at the pointer, or one above it that is not known? */
function says(body: JsonObject, pointer: string): boolean {
  let here: Json | undefined = body;
  for (const part of pointer.split('/').slice(1)) {
    here = valueAt(here, `/${part}`);
    if (here === undefined) return false;
    if (isUnresolved(here) || !isObject(here)) return true;
  }
  return true;
}

test('a setting that a rule reads is read from Terraform, or is from elsewhere', () => {
  const bodies = bodiesByType();
  const left = new Map<string, string>();
  for (const sample of samples)
    for (const { evidence, rule } of findingsOf(sample))
      for (const { resource, pointer } of evidence) {
        const type = fold(typeOf(resource));
        const made = bodies.get(type) ?? [];
        if (made.length === 0 || made.some((body) => says(body, pointer))) continue;
        left.set(`${type} ${pointer}`, rule);
      }
  const known = [...left.keys()];
  const missing = known.filter((one) => !elsewhere.some(([what]) => what.test(one)));
  expect(
    missing.map((one) => `${one} (${left.get(one)})`),
    'read it in src/terraform/types, or say in `elsewhere` where it is from',
  ).toEqual([]);
  expect(elsewhere.filter(([what]) => !known.some((one) => what.test(one)))).toEqual([]);
});
