// Where ARM and its sign-in live in each cloud, and how an unknown endpoint tells it of itself.
import { readVersionOf } from '../model/api-versions.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import { isArray, isObject, parseJson } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import { clean, withoutEnd } from '../model/text.ts';
import { sizeLimit } from './answer-limits.ts';
import { loopback, trusting } from './transport.ts';

export interface Cloud {
  readonly endpoint: string;
  /** Entra's address. */
  readonly authority: string;
  /** What a token must be for; its scope is this and `/.default`. */
  readonly audience: string;
}

export const clouds = {
  public: {
    endpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
    audience: 'https://management.azure.com',
  },
  china: {
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    audience: 'https://management.chinacloudapi.cn',
  },
  usgov: {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
    audience: 'https://management.usgovcloudapi.net',
  },
} as const satisfies Record<string, Cloud>;

/** Asks `/metadata/endpoints` of an ARM endpoint, without a token. Throws Failure (exit 7) when it does not tell. */
export async function cloudAt(endpoint: string, ca?: string, signal?: AbortSignal): Promise<Cloud> {
  const base = withoutEnd(endpoint, '/');
  const text = await fetchText(
    `${base}/metadata/endpoints?api-version=${readVersionOf('metadata/endpoints')}`,
    ca,
    signal,
  );
  const body = text === undefined ? undefined : parsed(text);
  const one = isArray(body) ? body[0] : body;
  const authority = valueAt(one, '/authentication/loginEndpoint');
  const audiences = valueAt(one, '/authentication/audiences');
  const audience = isArray(audiences) ? audiences.find((item) => typeof item === 'string') : undefined;
  if (!isObject(one) || typeof authority !== 'string' || !/^https:/.test(authority)) {
    throw new Failure(
      'no-metadata',
      exitStatus.refused,
      `${clean(base, 200)} returned no sign-in endpoint (/metadata/endpoints).`,
      'Check --endpoint and --ca, and that the server is running.',
    );
  }
  return {
    endpoint: base,
    authority: withoutEnd(authority, '/'),
    audience: withoutEnd(typeof audience === 'string' ? audience : base, '/'),
  };
}

function parsed(text: string) {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

async function fetchText(url: string, ca: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
  const { createDefaultHttpClient, createEmptyPipeline, createPipelineRequest, proxyPolicy, tlsPolicy } = await import(
    '@azure/core-rest-pipeline'
  );
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(sizeLimit());
  if (ca !== undefined) pipeline.addPolicy(tlsPolicy({ ca }));
  if (!loopback.test(new URL(url).hostname)) pipeline.addPolicy(proxyPolicy());
  const deadline = AbortSignal.timeout(15_000);
  try {
    const answer = await pipeline.sendRequest(
      createDefaultHttpClient(),
      createPipelineRequest({
        url,
        abortSignal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        ...trusting(url, ca),
      }),
    );
    return answer.status === 200 ? (answer.bodyAsText ?? undefined) : undefined;
  } catch (error) {
    throw new Failure(
      'endpoint-unreachable',
      exitStatus.refused,
      `${clean(new URL(url).origin, 200)} cannot be reached: ${clean(error instanceof Error ? error.message : error, 200)}.`,
      'Check --endpoint and --ca, and that the server is running.',
    );
  }
}
