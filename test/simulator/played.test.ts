// A simulator that plays a snapshot: what the snapshot does not speak of is refused as not seen, and never shown as absent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { account, clientOf, group, network, subnet, type TestClient, vault } from './support.ts';

const subscription = group.split('/').slice(0, 3).join('/');
const locks = `${subscription}/providers/Microsoft.Authorization/locks`;
const accounts = `${subscription}/providers/Microsoft.Storage/storageAccounts`;
const one = (id: string, properties: object) => ({
  id,
  name: id.split('/').at(-1),
  location: 'westeurope',
  properties,
});
const snapshot = {
  schema: 'bastide/snapshot/v1',
  resources: [
    { id: network, body: one(network, { subnets: [one(subnet('snet-a'), { addressPrefix: '10.0.0.0/24' })] }) },
    { id: account('stml'), body: one(account('stml'), { networkAcls: { defaultAction: 'Allow' } }) },
  ],
  collections: [{ id: locks, members: [] }],
  searched: [accounts],
  permissions: [{ scope: group, actions: ['*'], notActions: [] }],
  gaps: [
    { id: vault, status: 403, action: 'Microsoft.KeyVault/vaults/read', reason: 'No.' },
    { id: `${network}x`, status: 404, action: '', reason: 'Not there.' },
    { id: `${group}/providers/Microsoft.Network/routeTables/rt`, status: 404, action: '', reason: 'Not there.' },
    { id: account('slow'), status: 503, action: '', reason: 'Azure returned 503.' },
  ],
};
let client: TestClient;
beforeAll(async () => {
  client = await clientOf(await startSimulator({ load: JSON.stringify(snapshot), played: true }));
});
afterAll(() => client.stop());

describe('a played snapshot', () => {
  const answer = async (path: string) => {
    const { status, code } = await client.get(path);
    return `${status} ${code ?? ''}`.trim();
  };
  test.each([
    ['what was read is there', account('stml'), '200'],
    ['what nobody read is not known', account('other'), '424 NotSeen'],
    ['a refusal stays one', vault, '403 AuthorizationFailed'],
    ['what was said not to be there is not', `${network}x`, '404 ResourceNotFound'],
    ['what was out of order is not tried again', account('slow'), '424 NotSeen'],
    ['a parent shows all its inline children', subnet('snet-b'), '404 NotFound'],
    ['a child of what nobody read is not known', `${network}y/subnets/a`, '424 NotSeen'],
    ['a list that was read is whole', locks, '200'],
    ['so is what would be in it', `${locks}/x`, '404 ResourceNotFound'],
    ['a list that was searched shows what was found', accounts, '200'],
    ['but says nothing of what it left out', account('left-out'), '424 NotSeen'],
    ['a list that nobody read is not known', `${subscription}/providers/Microsoft.KeyVault/vaults`, '424 NotSeen'],
    ['rights that were seen', `${group}/providers/Microsoft.Authorization/permissions`, '200'],
    ['rights that nobody saw', `${account('stml')}/providers/Microsoft.Authorization/permissions`, '424 NotSeen'],
  ])('%s', async (_what, path, expected) => {
    expect(await answer(path)).toBe(expected);
  });

  test('what is made and deleted there is known, with all below it', async () => {
    const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
    const made = { location: 'westeurope', properties: { routes: [] } };
    expect((await client.put(`${table}-unknown`, made)).code).toBe('NotSeen');
    expect((await client.put(table, made)).status).toBe(201);
    expect(await answer(`${table}/routes/none`)).toBe('404 NotFound');
    expect((await client.delete(table)).status).toBeLessThan(300);
    expect(await answer(table)).toBe('404 ResourceNotFound');
  });

  test('a refusal that depends on unread resources names them', async () => {
    const asked: (readonly string[])[] = [];
    const stop = client.sim.onExchange(({ method, unseen }) => method === 'PATCH' && asked.push(unseen ?? []));
    const elsewhere = `${network}z/subnets/far`;
    const virtualNetworkRules = [{ id: elsewhere, action: 'Allow' }];
    const refused = await client.patch(account('stml'), {
      properties: { networkAcls: { defaultAction: 'Deny', virtualNetworkRules } },
    });
    stop();
    expect(refused.status).toBe(400);
    expect(asked).toEqual([[elsewhere]]);
  });
});
