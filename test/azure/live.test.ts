// Questions about what is in effect through the generated client, against a server that answers as it likes: whatever comes is a
// body or a read failure, and nothing goes to another origin.
import { expect, test } from 'vitest';
import type { LiveQuestion } from '../../src/azure/arm-client.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { selfSigned } from './self-signed.ts';
import { clientTo, type SentRequest, type ServedReply, serve } from './serving.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Network';
const card = `${group}/networkInterfaces/nic`;
const groups: LiveQuestion = { about: 'groups', card };

test('the answer is kept raw: unknown members, long numbers and their texts', async () => {
  const body = '{"value":[{"unheardOf":1.0,"serial":12345678901234567890}]}';
  const { arm, heard } = await clientTo(() => ({ status: 200, body }));
  const answer = await arm.ask(groups);
  expect(answer.ok && stringifyJson(answer.body)).toBe(body);
  expect(heard.map(({ method, url }) => [method, url])).toEqual([
    ['POST', `${card}/effectiveNetworkSecurityGroups?api-version=2025-05-01`],
  ]);
});

test('a packet is put as Network Watcher takes it', async () => {
  const { arm, heard } = await clientTo(() => ({ status: 200, body: '{"access":"Allow"}' }));
  const packet = {
    direction: 'Inbound',
    protocol: 'Udp',
    localPort: 22,
    remote: '8.8.8.8',
    remotePort: 60000,
  } as const;
  const watcher = `${group}/networkWatchers/w`;
  const machine = `${group.replace('Network', 'Compute')}/virtualMachines/vm`;
  const question = { watcher, machine, card, address: '10.0.0.4', packet };
  expect(await arm.ask({ about: 'flow', ...question })).toEqual({ ok: true, body: { access: 'Allow' } });
  await arm.ask({ about: 'hop', ...question });
  const target = { targetResourceId: machine, targetNicResourceId: card };
  expect(heard.map(({ body }) => JSON.parse(body))).toEqual([
    {
      ...target,
      ...{ direction: 'Inbound', protocol: 'UDP', localPort: '22', remotePort: '60000' },
      ...{ localIPAddress: '10.0.0.4', remoteIPAddress: '8.8.8.8' },
    },
    { ...target, sourceIPAddress: '10.0.0.4', destinationIPAddress: '8.8.8.8' },
  ]);
});

test('an operation elsewhere is not followed, and hears no token', async () => {
  const heard: string[] = [];
  const elsewhere = await serve(
    ({ url }) => {
      heard.push(url);
      return { status: 200, body: '{"value":[]}' };
    },
    await selfSigned(),
  );
  const { arm } = await clientTo(() => ({
    status: 202,
    headers: { location: `${elsewhere}/operationResults/1` },
    body: 'null',
  }));
  const answer = await arm.ask(groups);
  expect(answer).toMatchObject({ ok: false, gap: { code: 'OtherOrigin' } });
  expect(heard).toEqual([]);
});

test.each<[string, (said: SentRequest, origin: string) => ServedReply, string]>([
  ['text that is no JSON', () => ({ status: 200, body: '<html>' }), 'not a JSON object'],
  ['a list', () => ({ status: 200, body: '[]' }), 'not a JSON object'],
  ['a further page', () => ({ status: 200, body: '{"value":[],"nextLink":"https://x.test/2"}' }), 'more pages'],
  [
    'an operation that fails',
    ({ method }, origin) =>
      method === 'POST'
        ? { status: 202, headers: { 'azure-asyncoperation': `${origin}/operations/1` } }
        : { status: 200, body: '{"status":"Failed","error":{"code":"Bad","message":"It \\u001b[31mbroke."}}' },
    'could not complete the request: It broke.',
  ],
  [
    'a refusal',
    () => ({ status: 400, body: '{"error":{"code":"Nic","message":"It does not run."}}' }),
    'It does not run.',
  ],
])('%s leaves a gap', async (_, answer, words) => {
  const { arm } = await clientTo(answer);
  const asked = await arm.ask(groups);
  expect(asked.ok).toBe(false);
  expect(asked.ok || asked.gap.reason).toContain(words);
});

test('ids that could lead elsewhere are not asked about', async () => {
  const { arm, heard } = await clientTo(() => ({ status: 200, body: '{}' }));
  for (const id of ['nic', '/subscriptions/s', `${card}/ipConfigurations/a`]) {
    expect((await arm.ask({ about: 'routes', card: id })).ok).toBe(false);
  }
  expect(heard).toEqual([]);
});

const goesOn = (origin: string, wait: string): ServedReply => ({
  status: 202,
  headers: { location: `${origin}/operationResults/1`, 'retry-after': wait },
  body: 'null',
});

test('a wait that no timer holds is cut, not taken for none', async () => {
  const { arm, heard } = await clientTo((_, origin) => goesOn(origin, '99999999'));
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 500);
  await expect(arm.ask(groups, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
  expect(heard.length).toBeLessThan(4);
});

test('an operation without end is a read failure after a time', async () => {
  const { arm } = await clientTo((_, origin) => goesOn(origin, '1'), { patience: { operationDeadline: 0.2 } });
  expect(await arm.ask(groups)).toMatchObject({ ok: false, gap: { code: 'Deadline' } });
});
