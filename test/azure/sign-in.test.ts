// Signing in without a secret: certificate, workload identity of three issuers, managed identity of two kinds, each against the
// simulated Entra ID; what each refusal says, and that none waits for ever.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ArmClientEvent } from '../../src/azure/arm-client.ts';
import { cloudAt } from '../../src/azure/clouds.ts';
import { signInWith } from '../../src/azure/sign-in.ts';
import type { SignInOptions } from '../../src/azure/sign-in-way.ts';
import { federatedCredentials, federatedToken } from '../../src/simulator/entra/federation.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { selfSigned } from './self-signed.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ world: 'open' });
});
afterAll(() => simulator.stop());
afterEach(() => vi.unstubAllEnvs());

const [github, pipelines, kubernetes] = federatedCredentials;
const application = () => ({ AZURE_TENANT_ID: simulator.tenant, AZURE_CLIENT_ID: simulator.client });

async function signIn(environment: Record<string, string>, more: Partial<SignInOptions> = {}) {
  // The SDK finds a managed identity by the variables of the process.
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const steps: string[] = [];
  const found = signInWith({
    cloud: (signal) => cloudAt(simulator.endpoint, simulator.ca, signal),
    environment,
    ca: simulator.ca,
    readFile: async (path) => {
      throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' });
    },
    cliDeadline: 1,
    ...more,
  });
  found.onEvent((event: ArmClientEvent) => {
    if (event.kind === 'sign-in' && event.state !== 'trying') steps.push(`${event.step}: ${event.state}`);
  });
  const outcome = await found.identity().then(
    (identity) => ({ identity, message: '', next: '' }),
    (error: { message: string; next: string }) => ({ identity: null, message: error.message, next: error.next }),
  );
  return { ...outcome, steps };
}
const file = (text: string) => ({ readFile: async () => text });

describe('workload identity', () => {
  const token = (claims: object = {}, now = Date.now()) =>
    federatedToken({ iss: kubernetes.issuer, sub: kubernetes.subject, ...claims }, now);
  const kubernetesEnvironment = () => ({ ...application(), AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' });

  test('a token in a file, as Kubernetes keeps it', async () => {
    const { identity, steps } = await signIn(kubernetesEnvironment(), file(`${token()}\n`));
    expect(identity).toMatchObject({
      name: simulator.client,
      tenant: simulator.tenant,
      how: 'workload identity (federated token file)',
    });
    expect(steps).toEqual(['environment: no', 'workload identity: ok']);
  });

  test('GitHub Actions', async () => {
    const environment = {
      ...application(),
      ACTIONS_ID_TOKEN_REQUEST_URL: `${simulator.endpoint}/oidc/github?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'not-a-secret',
    };
    expect((await signIn(environment)).identity).toMatchObject({ how: 'workload identity (GitHub Actions)' });
    const refused = await signIn({ ...environment, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'wrong' });
    expect(refused.message).toContain('GitHub Actions gave no token (HTTP status 401)');
    const none = await signIn({ ...environment, ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' });
    expect(none.message).toContain('id-token: write');
    expect((await signIn({ ...environment, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/' })).message).toContain(
      'not https',
    );
  });

  test('Azure Pipelines, whose task names tenant and application in its own variables', async () => {
    const environment = {
      AZURESUBSCRIPTION_TENANT_ID: simulator.tenant,
      AZURESUBSCRIPTION_CLIENT_ID: simulator.client,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 'c1',
      SYSTEM_OIDCREQUESTURI: `${simulator.endpoint}/oidc/pipelines`,
      SYSTEM_ACCESSTOKEN: 'not-a-secret',
    };
    expect(await signIn(environment)).toMatchObject({
      message: '',
      identity: { how: 'workload identity (Azure Pipelines)' },
    });
    const { SYSTEM_ACCESSTOKEN: _, ...without } = environment;
    expect((await signIn(without, { auth: 'workload-identity' })).message).toContain('SYSTEM_ACCESSTOKEN');
  });

  test.each([
    [{ sub: 'repo:fork/ml' }, 'subject repo:fork/ml'],
    [{ iss: 'https://elsewhere.example' }, 'issuer https://elsewhere.example'],
    [{ aud: 'api://other' }, 'audience api://other'],
    [{ iss: github.issuer, sub: pipelines.subject }, `subject ${pipelines.subject}`],
  ])('no matching federated credential: %o', async (claims, said) => {
    const { message, next } = await signIn(kubernetesEnvironment(), file(token(claims)));
    expect(message).toBe(`Application ${simulator.client} has no federated credential that matches this token.`);
    expect(next).toContain(said);
  });

  test('an expired token, an empty file, a file that is not there, no application', async () => {
    const expired = await signIn(kubernetesEnvironment(), file(token({}, Date.now() - 3600_000)));
    expect(expired).toMatchObject({ message: 'The federated token has expired.' });
    expect((await signIn(kubernetesEnvironment(), file(' \n'))).message).toContain(
      'AZURE_FEDERATED_TOKEN_FILE is empty',
    );
    expect((await signIn(kubernetesEnvironment())).message).toContain(
      'AZURE_FEDERATED_TOKEN_FILE cannot be read (ENOENT)',
    );
    const chosen = await signIn({ AZURE_FEDERATED_TOKEN_FILE: '/t' }, { auth: 'workload-identity' });
    expect(chosen.message).toContain('workload identity: no AZURE_CLIENT_ID');
  });
});

describe('client certificate', () => {
  const environment = () => ({ ...application(), AZURE_CLIENT_CERTIFICATE_PATH: '/etc/app.pem' });

  test('certificate and key in one PEM file', async () => {
    const { cert, key } = await selfSigned('bastide');
    const { identity } = await signIn(environment(), file(`${cert}\n${key}`));
    expect(identity).toMatchObject({ name: simulator.client, how: 'client certificate' });
  });

  test('a file that is not there, or holds no key', async () => {
    expect((await signIn(environment(), { auth: 'env' })).message).toContain(
      'AZURE_CLIENT_CERTIFICATE_PATH cannot be read (ENOENT)',
    );
    const { cert } = await selfSigned('bastide');
    expect((await signIn(environment(), { auth: 'env', ...file(cert) })).message).toContain(
      'not a PEM file with a certificate and its private key',
    );
  });
});

describe('managed identity', () => {
  test('of a virtual machine', async () => {
    const { identity, steps } = await signIn({ AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.imds });
    expect(identity).toMatchObject({ name: simulator.client, how: 'managed identity' });
    expect(steps).toEqual(['environment: no', 'workload identity: no', 'managed identity: ok']);
  });

  test('no proxy is asked', async () => {
    const environment = {
      AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.imds,
      HTTP_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '',
    };
    expect((await signIn(environment)).identity).toMatchObject({ how: 'managed identity' });
  });

  test('one that is not assigned is named', async () => {
    const other = '98989898-9898-9898-9898-989898989898';
    const environment = { AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.imds, AZURE_CLIENT_ID: other };
    const { message } = await signIn(environment, { auth: 'managed-identity' });
    expect(message).toBe(
      `Sign-in with managed identity was rejected: identity ${other} is not assigned to this machine`,
    );
  });

  test('elsewhere it is not asked for, unless it is chosen', async () => {
    const { message } = await signIn({});
    expect(message).toContain('managed identity: this is not an Azure machine');
  });

  test('an endpoint that takes the connection and says nothing', async () => {
    simulator.setFaults('GET /metadata/identity/* * hang');
    try {
      // The SDK keeps tokens by their identity.
      const environment = { AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.imds, AZURE_CLIENT_ID: 'silent' };
      const { message } = await signIn(environment, { auth: 'managed-identity', machineDeadline: 200 });
      expect(message).toBe('Sign-in with managed identity was rejected: no response within 0.2 s');
    } finally {
      simulator.setFaults('');
    }
  });
});
