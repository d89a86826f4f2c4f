// A status of HTTP is Azure's word only with a body of Azure: what a proxy, a gateway or a sign-in page answers proves nothing.
import { expect, test } from 'vitest';
import { clientTo, type ServedReply } from './serving.ts';

const id =
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-ml';
const page: Pick<ServedReply, 'headers' | 'body'> = {
  headers: { 'content-type': 'text/html' },
  body: '<html><h1>404 Not Found</h1></html>',
};
const json = (value: unknown) => ({ body: JSON.stringify(value) });
const error = (code: string) => json({ error: { code, message: 'x' } });

test.each<[string, ServedReply, number | undefined]>([
  ['a page', { status: 404, ...page }, undefined],
  ['no body', { status: 404 }, undefined],
  ['JSON that is no error', { status: 404, ...json({ detail: 'no route' }) }, undefined],
  ['an error about the type', { status: 404, ...error('ResourceTypeNotSupported') }, undefined],
  ['an error about the version', { status: 404, ...error('InvalidResourceType') }, undefined],
  ['an error about the subscription', { status: 404, ...error('SubscriptionNotFound') }, undefined],
  ['ResourceNotFound', { status: 404, ...error('ResourceNotFound') }, 404],
  ['ResourceGroupNotFound', { status: 404, ...error('ResourceGroupNotFound') }, 404],
  ['NotFound without a frame', { status: 404, ...json({ code: 'NotFound', message: 'x' }) }, 404],
  ['UserError', { status: 404, ...error('UserError') }, 404],
])('404 with %s: absent only where Azure says so', async (_, reply, status) => {
  const { arm } = await clientTo(() => reply);
  const answer = await arm.read(id);
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok ? 0 : answer.gap.status).toBe(status);
});

test.each<[string, unknown]>([
  ['nothing', {}],
  ['an error', { error: { code: 'InternalServerError', message: 'x' } }],
  ['another name', { name: 'kv-other', properties: {} }],
  ['another id', { id: id.replace('kv-ml', 'kv-other'), properties: {} }],
])('200 with %s is not the resource', async (_, body) => {
  const { arm } = await clientTo(() => ({ status: 200, ...json(body) }));
  expect(await arm.read(id)).toMatchObject({ ok: false, gap: { code: 'UnreadableAnswer' } });
});

test.each<[string, unknown]>([
  ['its id', { id: id.toUpperCase(), properties: {} }],
  ['its name', { name: 'KV-ml', properties: {} }],
])('200 with %s is', async (_, body) => {
  const { arm } = await clientTo(() => ({ status: 200, ...json(body) }));
  expect(await arm.read(id)).toMatchObject({ ok: true });
});

const own = json({ id, properties: {} });
test.each<['PUT' | 'PATCH' | 'DELETE', string, ServedReply, string]>([
  ['PUT', 'a page', { status: 201, ...page }, 'lost'],
  ['PATCH', 'a page', { status: 200, ...page }, 'lost'],
  ['DELETE', 'a page', { status: 200, ...page }, 'lost'],
  ['DELETE', 'a page', { status: 202, ...page }, 'lost'],
  ['PATCH', 'a refusal by a page', { status: 403, ...page }, 'lost'],
  ['PATCH', 'a refusal that is not an error', { status: 403, ...json({ blocked: 'by policy' }) }, 'lost'],
  ['PUT', 'nothing of the resource', { status: 200, ...json({}) }, 'lost'],
  ['PUT', 'another resource', { status: 201, ...json({ id: `${id}x` }) }, 'lost'],
  ['PUT', 'the resource', { status: 201, ...own }, 'done'],
  ['PATCH', 'the resource', { status: 200, ...own }, 'done'],
  ['PUT', 'a failure in the body', { status: 200, ...json({ status: 'Failed', error: { code: 'X' } }) }, 'refused'],
  ['PATCH', 'an error', { status: 403, ...error('AuthorizationFailed') }, 'refused'],
  ['PUT', 'nothing yet', { status: 202 }, 'running'],
  ['DELETE', 'nothing', { status: 200 }, 'done'],
  ['DELETE', 'nothing', { status: 204 }, 'done'],
])('%s answered with %s (%o): %s', async (method, _, reply, state) => {
  const { arm } = await clientTo(() => reply);
  const body = method === 'DELETE' ? null : { properties: {} };
  expect((await arm.write({ method, id, apiVersion: '2023-07-01', body })).state).toBe(state);
});
