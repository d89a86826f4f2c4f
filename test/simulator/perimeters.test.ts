// A network security perimeter: what the associated accounts and vaults show of it, and what of it is refused.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ArmJson, list, text } from '../../src/simulator/json.ts';
import { account, group, start, type TestClient, type TestReply, vault } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'perimeter' });
});
afterAll(() => client.stop());

const perimeter = `${group}/providers/Microsoft.Network/networkSecurityPerimeters/nsp-ml`;
const profile = `${perimeter}/profiles/defaultProfile`;
const version = '?api-version=2024-07-01';
const put = (path: string, properties: object): Promise<TestReply> => client.put(`${path}${version}`, { properties });
const shownAt = (target: string): Promise<TestReply> =>
  client.get(`${target}/networkSecurityPerimeterConfigurations`, target === vault ? '2026-04-01' : '2023-05-01');
/** The first configuration that a list shows. */
const first = (reply: TestReply): ArmJson | undefined => list(reply.json, 'value')[0];
const modeAt = (reply: TestReply) => text(first(reply), 'properties', 'resourceAssociation', 'accessMode');
const rulesAt = async (target: string): Promise<(string | undefined)[]> =>
  list(first(await shownAt(target)), 'properties', 'profile', 'accessRules').map((rule) => text(rule, 'name'));
const association = (target: string, accessMode?: string): object => ({
  ...{ privateLinkResource: { id: target }, profile: { id: profile } },
  ...(accessMode === undefined ? {} : { accessMode }),
});

test('the list of an account holds its association; without one it is empty', async () => {
  const shown = await shownAt(account('stmlsim'));
  expect(shown.status).toBe(200);
  expect(modeAt(shown)).toBe('Enforced');
  const own = text(first(shown), 'id') ?? '';
  const one = await client.get(own, '2023-05-01');
  expect(one.at('properties', 'networkSecurityPerimeter', 'id')).toBe(perimeter);
  expect((await client.put(own, {})).status).toBe(405);
  expect(list((await shownAt(account('lakemlsim'))).json, 'value')).toEqual([]);
  const reconciled = await client.send('POST', `${own}/reconcile?api-version=2023-05-01`, {});
  expect([reconciled.status, typeof reconciled.headers.location]).toEqual([202, 'string']);
});

test('access rules show at every resource of the profile, until they are deleted', async () => {
  const rule = `${profile}/accessRules/allow-vpn`;
  expect((await put(rule, { direction: 'Inbound', addressPrefixes: ['203.0.113.0/24'] })).status).toBe(201);
  expect([await rulesAt(account('stmlsim')), await rulesAt(vault)]).toEqual([['allow-vpn'], ['allow-vpn']]);
  expect((await client.delete(`${rule}${version}`)).status).toBe(200);
  expect(await rulesAt(vault)).toEqual([]);
});

test.each([
  [{ direction: 'Sideways' }],
  [{ direction: 'Inbound', fullyQualifiedDomainNames: ['a.example'] }],
  [{ direction: 'Outbound', addressPrefixes: ['203.0.113.0/24'] }],
  [{ direction: 'Inbound', addressPrefixes: ['203.0.113.0/24'], subscriptions: [{ id: '/subscriptions/s' }] }],
])('the access rule %j is refused', async (properties) => {
  const refused = await put(`${profile}/accessRules/odd`, properties);
  expect([refused.status, refused.code]).toEqual([400, 'AccessRuleParametersNotValid']);
});

test('an association shows at the resource, and can be made once, changed and deleted', async () => {
  const own = `${perimeter}/resourceAssociations/assoc-lake`;
  expect((await put(own, association(account('lakemlsim')))).at('properties', 'accessMode')).toBe('Learning');
  expect(text(first(await shownAt(account('lakemlsim'))), 'properties', 'resourceAssociation', 'name')).toBe(
    'assoc-lake',
  );
  expect((await put(own, association(account('lakemlsim'), 'enforced'))).status).toBe(200);
  const mode = await shownAt(account('lakemlsim'));
  expect(modeAt(mode)).toBe('Enforced');
  expect((await put(own, association(account('lakemlsim'), 'Off'))).code).toBe('InvalidAccessMode');
  expect((await put(`${own}-2`, association(account('lakemlsim')))).code).toBe('ResourceAlreadyAssociated');
  expect((await put(`${own}-3`, association(account('nothing')))).code).toBe('InvalidResourceReference');
  expect((await client.delete(`${perimeter}${version}`)).code).toBe('NetworkSecurityPerimeterHasAssociations');
  expect((await client.delete(`${profile}${version}`)).code).toBe('ProfileInUse');
  await client.delete(`${own}${version}`);
  expect(list((await shownAt(account('lakemlsim'))).json, 'value')).toEqual([]);
});

test('an account and a vault can be secured by a perimeter', async () => {
  for (const target of [account('stmldata'), vault]) {
    const set = await client.patch(target, { properties: { publicNetworkAccess: 'SecuredByPerimeter' } });
    expect([set.status, set.at('properties', 'publicNetworkAccess')]).toEqual([200, 'SecuredByPerimeter']);
  }
});
