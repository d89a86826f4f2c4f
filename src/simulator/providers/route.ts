// The contract of paths that ARM itself serves, outside any provider.
import type { GatewayResponse } from '../gateway/answer.ts';
import type { Machine } from '../gateway/machine.ts';
import type { ArmObject } from '../json.ts';
import type { ProviderCall } from './provider.ts';

/** `captures`: the groups of the path; `body` reads the request's body and refuses a bad one. */
export type Handler = (
  machine: Machine,
  call: ProviderCall,
  captures: readonly string[],
  body: () => ArmObject,
) => GatewayResponse;

export interface HttpRoute {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, Handler>>;
}
