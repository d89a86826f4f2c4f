import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, group, network, start, subnet, type TestClient, versionOf, workspace } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'open' });
});
afterAll(() => client.stop());

const url = (path: string, version = versionOf(path)): string => `${path}?api-version=${version}`;

describe('who is asking', () => {
  test('no token is 401 with a challenge', async () => {
    const reply = await client.send('GET', url(workspace), undefined, { authorization: '' });
    expect(reply.status).toBe(401);
    expect(reply.code).toBe('AuthenticationFailed');
    expect(reply.headers['www-authenticate']).toContain('Bearer authorization_uri="https://login.windows.net/1111');
    expect(reply.headers['x-ms-failure-cause']).toBe('gateway');
  });

  test.each([
    ['Bearer nonsense', 'InvalidAuthenticationToken'],
    ['Basic dXNlcjpwYXNz', 'InvalidAuthenticationToken'],
    [token({ tid: '99999999-9999-9999-9999-999999999999', exp: 4_000_000_000 }), 'InvalidAuthenticationTokenTenant'],
    [token({ tid: '11111111-1111-1111-1111-111111111111', exp: 1 }), 'ExpiredAuthenticationToken'],
  ])('%s is 401 %s', async (authorization, code) => {
    const reply = await client.send('GET', url(workspace), undefined, { authorization });
    expect([reply.status, reply.code]).toEqual([401, code]);
  });
});

describe('which version', () => {
  test('none is refused before anything else is looked at', async () => {
    const reply = await client.send('GET', `${workspace}-nope`);
    expect([reply.status, reply.code]).toEqual([400, 'MissingApiVersionParameter']);
  });

  test.each(['1999-01-01', '2035-01-01', '2030-12-31', '2026-05-02', 'latest', '2024-13-01'])(
    '%s is not one of a provider',
    async (version) => {
      const reply = await client.send('GET', url(workspace, version));
      expect([reply.status, reply.code]).toEqual([400, 'NoRegisteredProviderFound']);
      expect(reply.message).toContain(`API version '${version}' for type 'workspaces'`);
    },
  );

  test('a bad one for what ARM serves itself has another code', async () => {
    const reply = await client.send('GET', url(group, '1999-01-01'));
    expect([reply.status, reply.code]).toEqual([400, 'InvalidApiVersionParameter']);
  });

  test.each(['2018-11-19', '2022-10-01-preview', '2026-05-01'])('%s is accepted', async (version) => {
    expect((await client.send('GET', url(workspace, version))).status).toBe(200);
  });
});

describe('what is not there', () => {
  test.each([
    ['/subscriptions/99999999-9999-9999-9999-999999999999/resourcegroups', 'SubscriptionNotFound'],
    [`${group}-nope`, 'ResourceGroupNotFound'],
    [`${group}-nope/providers/Microsoft.Storage/storageAccounts/a`, 'ResourceGroupNotFound'],
    [`${workspace}-nope`, 'ResourceNotFound'],
    [`${network}-nope/subnets`, 'ResourceNotFound'],
    [subnet('nope'), 'NotFound'],
    [`${workspace}/computes/nope`, 'ResourceNotFound'],
    [`${group}/providers/Microsoft.Unheard/things/one`, 'ResourceNotFound'],
  ])('%s', async (path, code) => {
    const reply = await client.get(path);
    expect([reply.status, reply.code]).toEqual([404, code]);
  });

  test('a provider names itself fully in the message', async () => {
    expect((await client.get(`${network}-nope`)).message).toContain(
      "The Resource 'Microsoft.Network/virtualNetworks/vnet-ml-nope' under resource group 'rg-ml' was not found.",
    );
  });

  test('HEAD says 204 or 404 without a body', async () => {
    expect((await client.send('HEAD', url(group))).status).toBe(204);
    expect((await client.send('HEAD', url(`${group}-nope`))).status).toBe(404);
    expect((await client.send('HEAD', url(workspace))).status).toBe(204);
  });

  test('deleting it is 204', async () => {
    expect((await client.delete(account('nothere'))).status).toBe(204);
  });
});

describe('how it is asked', () => {
  test('letter case of a path does not matter and the stored spelling comes back', async () => {
    const reply = await client.get(workspace.toUpperCase().replace('/SUBSCRIPTIONS', '//subscriptions'));
    expect(reply.at('id')).toBe(workspace);
  });

  test.each([
    ['', 'InvalidRequestContent'],
    ['{"properties":', 'InvalidRequestContent'],
    ['[1]', 'InvalidRequestContent'],
    ['{"properties":{"ipRules":1,"iprules":2}}', 'AmbiguousPolicyEvaluationPaths'],
  ])('the body %s is refused', async (body, code) => {
    const reply = await client.patch(account('stmlsim'), body);
    expect([reply.status, reply.code]).toEqual([400, code]);
  });

  test('more than four megabytes are refused', async () => {
    const reply = await client.put(account('stmlsim'), `{"tags":{"a":"${'x'.repeat(4 * 1024 * 1024)}"}}`);
    expect([reply.status, reply.code]).toEqual([413, 'RequestEntityTooLarge']);
  });

  test('an unknown method is 405', async () => {
    expect((await client.send('PROPFIND', url(workspace))).status).toBe(405);
    expect((await client.send('PUT', url(`${workspace}/computes`), '{}')).status).toBe(405);
  });

  test('every answer carries the headers of ARM', async () => {
    const reply = await client.send('GET', url(network), undefined, {
      'x-ms-correlation-request-id': 'mine',
      'x-ms-client-request-id': 'c1',
      'x-ms-return-client-request-id': 'true',
    });
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-content-type-options': 'nosniff',
      'x-ms-correlation-request-id': 'mine',
      'x-ms-client-request-id': 'c1',
      'x-ms-ratelimit-remaining-subscription-reads': expect.stringMatching(/^2[0-9]{2}$/),
      'content-type': 'application/json; charset=utf-8',
    });
    expect(reply.headers['x-ms-routing-request-id']).toMatch(/^WESTEUROPE:[0-9]{8}T[0-9]{6}Z:[0-9a-f-]{36}$/);
    expect(reply.headers['x-ms-arm-service-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('writes spend the write budget, gateway errors none', async () => {
    const write = await client.put(`${group}/providers/Microsoft.Authorization/locks/l`, {
      properties: { level: 'CanNotDelete' },
    });
    expect(write.headers['x-ms-ratelimit-remaining-subscription-writes']).toMatch(/^(?:1[89][0-9]|200)$/);
    const removed = await client.delete(`${group}/providers/Microsoft.Authorization/locks/l`);
    // Tests beside this one delete too, and the bucket fills again while a busy machine answers.
    expect(removed.headers['x-ms-ratelimit-remaining-subscription-deletes']).toMatch(/^(?:19[0-9]|200)$/);
    expect(
      (await client.get(`${workspace}-nope`)).headers['x-ms-ratelimit-remaining-subscription-reads'],
    ).toBeUndefined();
  });
});

function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'none' })}.${part(claims)}.c2ltdWxhdGVk`;
}
