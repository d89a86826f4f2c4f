// Errors of Azure Resource Manager about the request itself.
import { type KnownError, sources } from '../known-error.ts';

export const requestErrors: readonly KnownError[] = [
  {
    names: ['PreconditionFailed'],
    means: 'The resource changed after it was read, or a resource to be created exists already.',
    next: 'Scan again and create a new plan. Nothing was overwritten.',
    rules: [],
    source: 'RFC 9110, 15.5.13, 2022',
  },
  {
    names: ['SubscriptionRequestsThrottled', 'TooManyRequests'],
    text: /Number of '\w+' requests for subscription .{1,300} exceeded|too many 429|\b429\b.{0,40}\btoo many requests|\btoomanyrequests\b|pull rate limit/is,
    means: 'Too many requests in a short time, from you or from other clients of the subscription.',
    next: 'Wait the number of seconds given in the message or the Retry-After header, then retry.',
    rules: [],
    source: sources.requests,
  },
  {
    names: ['NoRegisteredProviderFound', 'InvalidApiVersionParameter'],
    text: /No registered resource provider found for location/i,
    means: 'The resource provider does not support this api-version, or not in this region.',
    next: 'Use one of the api-versions listed in the message. Sovereign clouds often support older ones only.',
    rules: [],
    source: sources.deployment,
  },
  {
    names: ['ResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound', 'NotFound'],
    wraps: true,
    text: /under resource group .{1,200} was not found|404 Client Error: Not Found for url: https:\/\/management\./is,
    means: 'The resource was deleted, never existed, or you have no permission to read it.',
    next: 'Check the resource id, the subscription and the tenant you are signed in to.',
    rules: [
      'workspace.exists',
      'workspace.network-preexists',
      'storage.default-account',
      'keyvault.resolved',
      'acr.resolved',
      'storage.vnet-rule-state',
    ],
    source: sources.deployment,
  },
];
