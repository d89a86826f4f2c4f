// Signing in without a secret as a pipeline or a machine does it: a program of its own, with nothing but its environment, at a server
// of its own.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { federatedCredentials, federatedToken } from '../../src/simulator/entra/federation.ts';
import { selfSigned } from '../azure/self-signed.ts';
import { type SimulatedAzure, simulate } from '../clients/simulated.ts';
import { bastideProcess } from '../support/bastide.ts';

let simulated: SimulatedAzure;
beforeAll(async () => {
  simulated = await simulate('--world', 'open');
});
afterAll(() => simulated.stop());

async function signedIn(environment: Record<string, string>): Promise<string> {
  const home = { ...simulated.home, env: { ...simulated.home.env, ...environment } };
  const ran = await bastideProcess(['whoami', ...simulated.source, '--format', 'json'], home);
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  const { result } = JSON.parse(ran.stdout) as { result: { identity: { name: string; how: string } } };
  expect(result.identity.name).toBe(simulated.ready.client);
  return result.identity.how;
}
const kept = (name: string, text: string): string => {
  const file = path.join(simulated.home.folder, name);
  writeFileSync(file, text);
  return file;
};

test('a federated token, a certificate, App Service, a virtual machine: each by its environment alone', async () => {
  const { tenant, client, imds, endpoint } = simulated.ready;
  const application = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client };
  const { issuer: iss, subject: sub } = federatedCredentials[2];
  const token = kept('token', federatedToken({ iss, sub }, Date.now()));
  const { cert, key } = await selfSigned('bastide');
  const github = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${endpoint}/oidc/github?v=1`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'not-a-secret',
  };
  expect(
    await Promise.all([
      signedIn({ ...application, AZURE_FEDERATED_TOKEN_FILE: token }),
      signedIn({ ...application, ...github }),
      signedIn({ ...application, AZURE_CLIENT_CERTIFICATE_PATH: kept('app.pem', `${cert}\n${key}`) }),
      signedIn({ IDENTITY_ENDPOINT: `${imds}/msi/token`, IDENTITY_HEADER: 'not-a-secret' }),
      signedIn({ AZURE_POD_IDENTITY_AUTHORITY_HOST: imds }),
    ]),
  ).toEqual([
    'workload identity (federated token file)',
    'workload identity (GitHub Actions)',
    'client certificate',
    'managed identity',
    'managed identity',
  ]);
});
