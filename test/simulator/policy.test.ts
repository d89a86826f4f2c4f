// Azure Policy at the gate: definitions and assignments as documents, and writes that an assigned `deny` refuses.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { list, parseJson, text } from '../../src/simulator/json.ts';
import { account, group, start, subnet, type TestClient, vault, workspace } from './support.ts';

const subscription = '/subscriptions/22222222-2222-2222-2222-222222222222';
const management = '/providers/Microsoft.Management/managementGroups/contoso';
const definitionId = (name: string, scope = subscription) =>
  `${scope}/providers/Microsoft.Authorization/policyDefinitions/${name}`;
const assignmentId = (scope: string, name = 'deny-it') =>
  `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;
const storage = 'Microsoft.Storage/storageAccounts';
const main = account('stmlsim');

let client: TestClient;
const notes: string[] = [];
beforeAll(async () => {
  client = await start({ world: 'open' });
  client.sim.onExchange((exchange) => notes.push(...exchange.notes));
});
afterAll(() => client.stop());
beforeEach(async () => {
  for (const scope of [group, subscription, management, main]) await client.delete(assignmentId(scope));
  notes.length = 0;
});

interface Wish {
  readonly if: object;
  readonly effect?: string;
  readonly scope?: string;
  readonly definedAt?: string;
  readonly parameters?: object;
  readonly given?: object;
  readonly mode?: string;
  readonly more?: object;
}
/** Defines and assigns one policy. */
async function assign(wish: Wish): Promise<void> {
  const id = definitionId('one', wish.definedAt);
  const defined = await client.put(id, {
    properties: {
      displayName: 'No such thing',
      mode: wish.mode ?? 'All',
      ...(wish.parameters ? { parameters: wish.parameters } : {}),
      // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
      policyRule: { if: wish.if, then: { effect: wish.effect ?? 'deny' } },
    },
  });
  expect(defined.status).toBe(201);
  const assigned = await client.put(assignmentId(wish.scope ?? group), {
    properties: {
      displayName: 'House rule',
      policyDefinitionId: id,
      ...(wish.given ? { parameters: wish.given } : {}),
      ...wish.more,
    },
  });
  expect([assigned.status, assigned.at('properties', 'enforcementMode')]).toEqual([
    201,
    (wish.more as { enforcementMode?: string } | undefined)?.enforcementMode ?? 'Default',
  ]);
}
const open = () => client.patch(main, { properties: { networkAcls: { defaultAction: 'Allow' } } });
const denied = { field: `${storage}/networkAcls.defaultAction`, equals: 'allow' };

test('a write that a policy denies is refused, names policy and assignment, and changes nothing', async () => {
  await assign({ if: { allOf: [{ field: 'type', equals: storage }, denied] } });
  const before = (await client.get(main)).text;
  const refused = await open();
  expect([refused.status, refused.code, refused.headers['x-ms-failure-cause']]).toEqual([
    403,
    'RequestDisallowedByPolicy',
    'gateway',
  ]);
  expect(refused.at('error', 'target')).toBe('stmlsim');
  const [, identifiers = ''] = /Policy identifiers: '(.*)'\.$/.exec(refused.message) ?? [];
  const [named] = parseJson(identifiers) as [ReturnType<typeof parseJson>];
  expect([text(named, 'policyAssignment', 'name'), text(named, 'policyAssignment', 'id')]).toEqual([
    'House rule',
    assignmentId(group),
  ]);
  expect(text(named, 'policyDefinition', 'id')).toBe(definitionId('one'));
  const [violation] = list(refused.json, 'error', 'additionalInfo');
  expect(text(violation, 'type')).toBe('PolicyViolation');
  expect(text(violation, 'info', 'policyAssignmentScope')).toBe(group);
  const [, expression] = list(violation, 'info', 'evaluationDetails', 'evaluatedExpressions');
  expect([text(expression, 'expressionValue'), text(expression, 'operator')]).toEqual(['Allow', 'Equals']);
  expect((await client.get(main)).text).toBe(before);
  expect((await client.patch(vault, { tags: { other: 'type' } })).status).toBe(200);
});

test('the whole document counts, not only what was sent', async () => {
  await assign({ if: denied });
  expect((await client.patch(main, { tags: { touched: 'yes' } })).code).toBe('RequestDisallowedByPolicy');
  const closing = { properties: { networkAcls: { defaultAction: 'Deny' } } };
  expect((await client.patch(main, closing)).status).toBe(200);
  expect((await open()).code).toBe('RequestDisallowedByPolicy');
});

describe('where it is assigned', () => {
  test.each([
    ['the subscription', subscription, subscription],
    ['a management group', management, management],
    ['the resource itself', main, subscription],
  ])('%s', async (_where, scope, definedAt) => {
    await assign({ if: { field: 'type', equals: storage }, scope, definedAt });
    expect((await open()).code).toBe('RequestDisallowedByPolicy');
    const url = `${group}/providers/Microsoft.Authorization/policyAssignments`;
    const listed = list((await client.get(url)).json, 'value').map((body) => text(body, 'id'));
    expect(listed).toContain(assignmentId(scope));
    const above = list((await client.get(`${url}?$filter=atScope()`)).json, 'value').map((body) => text(body, 'id'));
    expect(above.includes(assignmentId(scope))).toBe(scope !== main);
  });

  test.each([
    ['left out', { notScopes: [main.toLowerCase()] }],
    ['not enforced', { enforcementMode: 'DoNotEnforce' }],
  ])('%s: nothing is refused', async (_word, more) => {
    await assign({ if: { field: 'type', equals: storage }, more });
    expect((await open()).status).toBe(200);
    expect(notes).toEqual([]);
  });
});

test('parameters: given, by default, for the effect, and passed on by an initiative', async () => {
  const rule = {
    allOf: [
      { field: 'type', equals: storage },
      { field: 'location', notIn: "[parameters('places')]" },
    ],
  };
  const parameters = {
    places: { type: 'Array' },
    effect: { type: 'String', defaultValue: 'Deny' },
  };
  const effect = "[parameters('effect')]";
  await assign({ if: rule, effect, parameters, given: { places: { value: ['West Europe', 'westeurope'] } } });
  expect((await open()).status).toBe(200);
  await assign({ if: rule, effect, parameters, given: { places: { value: ['francecentral'] } } });
  expect((await open()).code).toBe('RequestDisallowedByPolicy');
  const audit = { places: { value: ['francecentral'] }, effect: { value: 'Audit' } };
  await assign({ if: rule, effect, parameters, given: audit });
  expect((await open()).status).toBe(200);
  const set = definitionId('all').replace('policyDefinitions', 'policySetDefinitions');
  const member = {
    policyDefinitionId: definitionId('one'),
    parameters: { places: { value: "[parameters('allowed')]" } },
  };
  expect(
    (await client.put(set, { properties: { parameters: { allowed: { type: 'Array' } }, policyDefinitions: [member] } }))
      .status,
  ).toBe(201);
  await client.put(assignmentId(group), {
    properties: { policyDefinitionId: set, parameters: { allowed: { value: ['northeurope'] } } },
  });
  const refused = await open();
  expect(refused.code).toBe('RequestDisallowedByPolicy');
  expect(refused.text).toContain(`"policySetDefinitionId":"${set}"`);
});

const addresses = `${storage}/networkAcls.ipRules[*]`;
const admit = (...values: string[]) =>
  client.patch(main, {
    properties: { networkAcls: { defaultAction: 'Deny', ipRules: values.map((value) => ({ value })) } },
  });
const wide = { field: `${addresses}.value`, notLike: '203.0.113.*' };
describe.each([
  ['count with where', { count: { field: addresses, where: wide }, greater: 0 }, 'some', 'none'],
  ['count of all', { count: { field: addresses }, greaterOrEquals: 2 }, 'some', 'none'],
  ['every element', { field: `${addresses}.value`, like: '203.0.*' }, 'none', 'some'],
  ['not', { not: { field: `${addresses}.value`, like: '203.0.*' } }, 'some', 'none'],
  [
    'any of',
    {
      anyOf: [
        { count: { field: addresses }, equals: 2 },
        { field: 'name', equals: 'other' },
      ],
    },
    'some',
    'none',
  ],
  ['exists', { field: `${storage}/allowSharedKeyAccess`, exists: 'true' }, '', 'both'],
  ['exists not', { field: `${storage}/minimumTlsVersion`, exists: false }, '', 'both'],
  ['in', { field: `${storage}/minimumTlsVersion`, in: ['tls1_2'] }, 'both', ''],
  ['contains', { field: 'id', contains: 'StorageAccounts/STML' }, 'both', ''],
  ['sku', { field: `${storage}/sku.name`, notEquals: 'Standard_GRS' }, 'both', ''],
  ['tag', { field: "tags['owner']", exists: 'false' }, 'both', ''],
  ['key', { field: 'tags', notContainsKey: 'owner' }, 'both', ''],
  ['another type', { field: 'Microsoft.KeyVault/vaults/networkAcls.defaultAction', equals: 'Deny' }, '', 'both'],
])('%s', (_word, condition, refuses, passes) => {
  test('decides as Azure documents it', async () => {
    await assign({ if: { allOf: [{ field: 'type', equals: storage }, condition] } });
    const outcome = { none: await admit('203.0.113.7'), some: await admit('203.0.113.7', '198.51.100.7') };
    for (const [word, reply] of Object.entries(outcome)) {
      const isRefused = reply.code === 'RequestDisallowedByPolicy';
      if (refuses === word || refuses === 'both') expect([word, isRefused]).toEqual([word, true]);
      if (passes === word || passes === 'both') expect([word, isRefused]).toEqual([word, false]);
    }
    expect(notes).toEqual([]);
  });
});

test.each([
  [
    'a subnet without a security group',
    subnet('snet-gpu'),
    { field: 'Microsoft.Network/virtualNetworks/subnets/networkSecurityGroup.id', exists: 'false' },
    { properties: { addressPrefix: '10.0.2.0/24' } },
  ],
  [
    'a subnet inside its network',
    group.concat('/providers/Microsoft.Network/virtualNetworks/vnet-two'),
    { field: 'Microsoft.Network/virtualNetworks/subnets[*].addressPrefix', like: '10.7.*' },
    {
      location: 'westeurope',
      properties: {
        addressSpace: { addressPrefixes: ['10.7.0.0/16'] },
        subnets: [{ name: 'a', properties: { addressPrefix: '10.7.1.0/24' } }],
      },
    },
  ],
  [
    'a rule that lets everybody in',
    `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train/securityRules/wide`,
    {
      allOf: [
        { field: 'Microsoft.Network/networkSecurityGroups/securityRules/access', equals: 'Allow' },
        { field: 'Microsoft.Network/networkSecurityGroups/securityRules/sourceAddressPrefix', in: ['*', 'Internet'] },
      ],
    },
    {
      properties: {
        priority: 300,
        direction: 'Inbound',
        access: 'Allow',
        protocol: '*',
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '22',
      },
    },
  ],
  [
    'a compute outside the network',
    `${workspace}/computes/outside`,
    { field: 'Microsoft.MachineLearningServices/workspaces/computes/subnet.id', exists: 'false' },
    { location: 'westeurope', properties: { computeType: 'AmlCompute', properties: { vmSize: 'STANDARD_DS3_V2' } } },
  ],
])('%s is refused', async (_what, id, condition, body) => {
  await assign({ if: condition });
  expect((await client.put(id, body)).code).toBe('RequestDisallowedByPolicy');
});

test.each([
  ['an operator', { field: 'type', match: '#' }, 'deny', 'All'],
  ['an expression', { field: 'type', equals: "[concat('a', 'b')]" }, 'deny', 'All'],
  ['a field', { field: 'managedBy.nobody', equals: 'x' }, 'deny', 'All'],
  ['an effect', { field: 'type', equals: storage }, 'modify', 'All'],
  ['a mode', { field: 'type', equals: storage }, 'deny', 'Microsoft.Kubernetes.Data'],
])('%s that is not understood refuses nothing, and is said in the log', async (_what, condition, effect, mode) => {
  await assign({ if: condition, effect, mode });
  expect((await open()).status).toBe(200);
  expect(notes).toEqual([expect.stringMatching(/^policy one, assigned as deny-it: not evaluated, /)]);
});

test('what an assignment says about it takes the place of the identifiers', async () => {
  const more = { nonComplianceMessages: [{ message: 'Ask the network team.' }] };
  await assign({ if: { field: 'type', equals: storage }, more });
  expect((await open()).message).toBe(
    "Resource 'stmlsim' was disallowed by policy. Reasons: 'Ask the network team.'. See error details for policy resource IDs.",
  );
});

test('an assignment of nothing, a rule of nothing, a definition in use', async () => {
  const lost = await client.put(assignmentId(group), { properties: { policyDefinitionId: definitionId('nothing') } });
  expect([lost.status, lost.code]).toEqual([404, 'PolicyDefinitionNotFound']);
  expect((await client.put(definitionId('bad'), { properties: { policyRule: { if: {} } } })).code).toBe(
    'InvalidPolicyRule',
  );
  await assign({ if: { field: 'type', equals: 'x' } });
  expect((await client.delete(definitionId('one'))).code).toBe('PolicyDefinitionInUse');
});

interface StateRow {
  readonly policyAssignmentId: string;
  readonly resourceId: string;
  readonly complianceState: string;
}
async function statesOf(scope: string): Promise<string[]> {
  const url = `${scope}/providers/Microsoft.PolicyInsights/policyStates/latest/queryResults?api-version=2019-10-01`;
  const { text: answer } = await client.send('POST', url);
  const { value } = JSON.parse(answer) as { value: StateRow[] };
  return value.map(({ resourceId, complianceState }) => `${resourceId.split('/').at(-1)} ${complianceState}`);
}

test('compliance is of each resource that a rule is about, also where nothing is enforced', async () => {
  const more = { enforcementMode: 'DoNotEnforce', notScopes: [account('stmldata')] };
  await assign({ if: { allOf: [{ field: 'type', equals: storage }, denied] }, effect: 'audit', more });
  expect(await statesOf(main)).toEqual(['stmlsim NonCompliant']);
  await admit('203.0.113.7');
  expect(await statesOf(main)).toEqual(['stmlsim Compliant']);
  expect(await statesOf(account('stmldata'))).toEqual([]);
  expect(await statesOf(vault)).toEqual([]);
});

test('audit if not exists: the related resource decides', async () => {
  const related = `${storage}/privateEndpointConnections`;
  const condition = { field: `${related}/privateLinkServiceConnectionState.status`, equals: 'Approved' };
  const id = definitionId('related');
  const details = { type: related, existenceCondition: condition };
  // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
  const policyRule = { if: { field: 'type', equals: storage }, then: { effect: 'auditIfNotExists', details } };
  await client.put(id, { properties: { policyRule } });
  await client.put(assignmentId(main), { properties: { policyDefinitionId: id } });
  expect(await statesOf(main)).toEqual(['stmlsim NonCompliant']);
});

test('built-in definitions can be read and assigned; their parameters are checked', async () => {
  const id = '/providers/Microsoft.Authorization/policyDefinitions/34c877ad-507e-4c82-993e-3452a6e0ad3c';
  const shown = await client.get(id);
  expect([shown.status, shown.at('properties', 'policyType')]).toEqual([200, 'BuiltIn']);
  const assigned = (parameters: object) =>
    client.put(assignmentId(main), { properties: { policyDefinitionId: id, parameters } });
  expect((await assigned({ effect: { value: 'Modify' } })).code).toBe('PolicyParameterValueNotAllowed');
  expect((await assigned({ efect: { value: 'Deny' } })).code).toBe('UndefinedPolicyParameter');
  expect((await assigned({ effect: { value: ['Deny'] } })).code).toBe('InvalidPolicyParameterType');
  expect((await assigned({ effect: { value: 'Deny' } })).status).toBe(201);
  expect((await admit('203.0.113.7')).status).toBe(200);
  expect((await open()).code).toBe('RequestDisallowedByPolicy');
});

test('restrictions are said before a write', async () => {
  await assign({ if: { allOf: [{ field: 'type', equals: storage }, denied] } });
  const check = async (defaultAction: string) => {
    const resourceContent = { type: storage, name: 'stmlsim', properties: { networkAcls: { defaultAction } } };
    const url = `${group}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2022-03-01`;
    const answer = await client.send('POST', url, { resourceDetails: { resourceContent, apiVersion: '2023-05-01' } });
    return list(answer.json, 'contentEvaluationResult', 'policyEvaluations').map((one) =>
      text(one, 'policyInfo', 'policyAssignmentId'),
    );
  };
  expect(await check('Allow')).toEqual([assignmentId(group)]);
  expect(await check('Deny')).toEqual([]);
});

test.each([
  ['values', ['203.0.113.7', '198.51.100.7'], '', true],
  ['values that are there', ['203.0.113.7'], '', false],
  ['too many values', Array.from({ length: 101 }, (_, index) => `${index}`), 'a count of more than 100 values', false],
])('a count of %s, each looked for in an array', async (_what, wanted, note, refuses) => {
  const there = { field: `${addresses}.value`, equals: "[current('one')]" };
  const missing = { count: { field: addresses, where: there }, equals: 0 };
  const parameters = { wanted: { type: 'Array' } };
  const given = { wanted: { value: wanted } };
  const count = { value: "[parameters('wanted')]", name: 'one', where: missing };
  await assign({
    if: {
      allOf: [
        { field: 'type', equals: storage },
        { count, greater: 0 },
      ],
    },
    parameters,
    given,
  });
  expect((await admit('203.0.113.7')).code === 'RequestDisallowedByPolicy').toBe(refuses);
  expect(notes.join()).toContain(note);
});
