// The sign-in methods that Bastide knows, in the order in which they are tried.
import { deviceCandidate } from './device-code.ts';
import { managedIdentityCandidate } from './managed-identity.ts';
import {
  type ClientSecret,
  entraCandidate,
  type SignInCandidate,
  type SignInOptions,
  tokenFrom,
  unavailable,
  within,
} from './sign-in-way.ts';
import { cliTrouble } from './sign-in-words.ts';
import { workloadIdentityCandidate } from './workload-identity.ts';

/** The chosen method alone, or the chain. */
export function candidates(options: SignInOptions): SignInCandidate[] {
  const { auth, simulator } = options;
  switch (auth) {
    case 'env':
      return [environmentCandidate(options)];
    case 'workload-identity':
      return [workloadIdentityCandidate(options)];
    case 'managed-identity':
      return [managedIdentityCandidate(options)];
    case 'cli':
      return [cliCandidate(options)];
    case 'device':
      return [deviceCandidate(options)];
  }
  if (simulator) return [secretCandidate('simulator', options, simulator)];
  if (auth === 'sim') return [environmentCandidate(options)];
  return [environmentCandidate, workloadIdentityCandidate, managedIdentityCandidate, cliCandidate].map((one) =>
    one(options),
  );
}

const step = 'environment';

function environmentCandidate(options: SignInOptions): SignInCandidate {
  const {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: client,
    AZURE_CLIENT_SECRET: secret,
    AZURE_CLIENT_CERTIFICATE_PATH: certificate,
  } = options.environment;
  if (tenant && client && secret) return secretCandidate(step, options, { tenant, client, secret });
  if (tenant && client && certificate) return certificateCandidate(options, tenant, client, certificate);
  if (!client) return unavailable(step, 'no AZURE_CLIENT_ID');
  const missing = secret || certificate ? 'AZURE_TENANT_ID' : 'AZURE_CLIENT_SECRET';
  return unavailable(step, `AZURE_CLIENT_ID is set, but no ${missing}`);
}

const secretCandidate = (name: string, options: SignInOptions, given: ClientSecret): SignInCandidate =>
  entraCandidate(name === 'simulator' ? { ...options, environment: {} } : options, {
    step: name,
    how: name === 'simulator' ? 'simulator' : 'client secret',
    ...{ tenant: given.tenant, client: given.client },
    credential: async ({ ClientSecretCredential }, settings) =>
      new ClientSecretCredential(given.tenant, given.client, given.secret, settings),
  });

function certificateCandidate(options: SignInOptions, tenant: string, client: string, path: string): SignInCandidate {
  const { AZURE_CLIENT_CERTIFICATE_PASSWORD: password, AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: chain } =
    options.environment;
  return entraCandidate(options, {
    ...{ step, how: 'client certificate', tenant, client },
    async credential({ ClientCertificateCredential }, settings) {
      const text = await options.readFile?.(path).catch((error: unknown) => error);
      if (typeof text !== 'string') return `AZURE_CLIENT_CERTIFICATE_PATH cannot be read${codeOf(text)}`;
      if (!text.includes('-----BEGIN CERTIFICATE-----') || !text.includes('PRIVATE KEY-----')) {
        return 'AZURE_CLIENT_CERTIFICATE_PATH is not a PEM file with a certificate and its private key';
      }
      const sendCertificateChain = /^(?:1|true)$/i.test(chain ?? '');
      return new ClientCertificateCredential(
        tenant,
        client,
        { certificate: text, ...(password ? { certificatePassword: password } : {}) },
        { ...settings, sendCertificateChain },
      );
    },
  });
}

/** In brackets, where the file system gave one. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';

function cliCandidate(options: SignInOptions): SignInCandidate {
  const deadline = options.cliDeadline ?? 15_000;
  return {
    step: 'Azure CLI',
    how: 'Azure CLI',
    decisive: options.auth === 'cli',
    who: {},
    async prepare() {
      const cloud = await options.cloud();
      const { AzureCliCredential } = await import('@azure/identity');
      const credential = new AzureCliCredential({ processTimeoutInMs: deadline });
      // The Azure CLI keeps its own tokens, and takes no claims.
      return ({ claims } = {}) => within(tokenFrom(credential, cloud, claims), deadline);
    },
    trouble: cliTrouble,
    spied: () => undefined,
  };
}
