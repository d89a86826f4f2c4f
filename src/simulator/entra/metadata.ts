// What a client reads to find its way: the cloud's endpoints and the authority's configuration. Every address is built from
// the Host header, so that any port and loopback name works.
import { type GatewayResponse, ok } from '../gateway/answer.ts';
import { type GatewayRequest, parameter } from '../gateway/request.ts';
import { json } from '../json.ts';

const suffixes = {
  azureDataLakeStoreFileSystem: 'azuredatalakestore.net',
  acrLoginServer: 'azurecr.io',
  sqlServerHostname: 'database.windows.net',
  azureDataLakeAnalyticsCatalogAndJob: 'azuredatalakeanalytics.net',
  keyVaultDns: 'vault.azure.net',
  storage: 'core.windows.net',
  azureFrontDoorEndpointSuffix: 'azurefd.net',
  storageSyncEndpointSuffix: 'afs.azure.net',
  mhsmDns: 'managedhsm.azure.net',
  mysqlServerEndpoint: 'mysql.database.azure.com',
  postgresqlServerEndpoint: 'postgres.database.azure.com',
  mariadbServerEndpoint: 'mariadb.database.azure.com',
  synapseAnalytics: 'dev.azuresynapse.net',
  attestationEndpoint: 'attest.azure.net',
};

/** 2022-09-01 and later: one object; earlier: a list of clouds. */
export function cloudMetadata(request: GatewayRequest): GatewayResponse {
  const { origin } = request;
  const cloud = {
    portal: origin,
    authentication: {
      loginEndpoint: origin,
      audiences: [origin, `${origin}/`],
      tenant: 'common',
      identityProvider: 'AAD',
    },
    media: origin,
    graphAudience: `${origin}/`,
    graph: `${origin}/`,
    name: 'Simulated',
    suffixes,
    batch: `${origin}/`,
    resourceManager: `${origin}/`,
    vmImageAliasDoc: `${origin}/aliases.json`,
    activeDirectoryDataLake: `${origin}/`,
    sqlManagement: `${origin}/`,
    microsoftGraphResourceId: `${origin}/`,
    appInsightsResourceId: origin,
    appInsightsTelemetryChannelResourceId: `${origin}/v2/track`,
    attestationResourceId: origin,
    synapseAnalyticsResourceId: origin,
    logAnalyticsResourceId: origin,
    ossrDbmsResourceId: origin,
    gallery: `${origin}/`,
  };
  const isOld = (parameter(request, 'api-version') ?? '') < '2022-09-01';
  return ok(json(isOld ? [cloud] : cloud));
}

export function openidConfiguration(request: GatewayRequest, tenant: string, version: string): GatewayResponse {
  const base = `${request.origin}/${tenant}`;
  const oauth = `${base}/oauth2${version === 'v2.0' ? '/v2.0' : ''}`;
  return ok(
    json({
      token_endpoint: `${oauth}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${oauth}/authorize`,
      device_authorization_endpoint: `${oauth}/devicecode`,
      end_session_endpoint: `${oauth}/logout`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'oid'],
      tenant_region_scope: 'EU',
      cloud_instance_name: new URL(request.origin).host,
    }),
  );
}

export function instanceDiscovery(request: GatewayRequest): GatewayResponse {
  const { host } = new URL(request.origin);
  return ok(
    json({
      tenant_discovery_endpoint: `${request.origin}/common/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    }),
  );
}
