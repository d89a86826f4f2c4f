// The faults that are an answer: what a client receives instead of the provider's answer.
import { nameOf } from '../gateway/address.ts';
import { answerOf, type GatewayResponse, gatewayError } from '../gateway/answer.ts';
import type { SimulatedIdentity } from '../gateway/machine.ts';
import type { GatewayRequest } from '../gateway/request.ts';
import { throttled } from '../gateway/throttle.ts';
import { hasWantedClaims, wantedClaims } from '../gateway/token.ts';
import { object } from '../json.ts';
import { disallowed } from '../policy/evaluate.ts';
import { type Fault, numberIn } from './faults.ts';

/** Undefined when the fault, if any, is of another kind. */
export function wholeFault(
  identity: SimulatedIdentity,
  request: GatewayRequest,
  fault: Fault | undefined,
): GatewayResponse | undefined {
  const after = fault ? numberIn(fault.argument, 'retry-after') : undefined;
  const retry: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) };
  switch (fault?.name) {
    case '429':
      return answerOf(throttled(request, identity.objectId, identity.tenant, after));
    case '503':
      return answerOf(
        gatewayError(
          503,
          'ServerTimeout',
          'The request timed out. Diagnostic information: the service is not available for the moment.',
          retry,
        ),
      );
    case '502':
      return answerOf(gatewayError(502, 'BadGateway', 'The gateway did not receive a response.', retry));
    case '504':
      return answerOf(
        gatewayError(
          504,
          'GatewayTimeout',
          'The gateway did not receive a response within the specified time period.',
          retry,
        ),
      );
    case '408':
      return answerOf(gatewayError(408, 'RequestTimeout', 'The request timed out before it was completed.', retry));
    case '500':
      return answerOf(gatewayError(500, 'InternalServerError', 'Encountered internal server error.', retry));
    case '401':
      // Who comes back with what was asked for gets through.
      if (fault.argument === 'claims' && hasWantedClaims(request)) return undefined;
      return answerOf(
        gatewayError(401, 'InvalidAuthenticationToken', 'The access token is invalid.', {
          'www-authenticate': `Bearer authorization_uri="https://login.windows.net/${identity.tenant}", ${challenge(fault.argument)}`,
        }),
      );
    case '403':
      return answerOf(
        gatewayError(
          403,
          'AuthorizationFailed',
          `The client '${identity.client}' with object id '${identity.objectId}' does not have authorization to perform action '${fault.argument || 'write'}' over scope '${request.path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        ),
      );
    case 'policy':
      return deniedAll(request);
    case 'html502':
      return {
        status: 502,
        raw: {
          type: 'text/html',
          text: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
        },
      };
    default:
      return undefined;
  }
}

/** `claims` asks for a token with more in it, as continuous access evaluation does; else the token is simply bad. */
function challenge(argument: string): string {
  if (argument !== 'claims') return 'error="invalid_token", error_description="The access token is invalid."';
  const claims = Buffer.from(wantedClaims).toString('base64');
  return `error="insufficient_claims", claims="${claims}"`;
}

/** An assignment of the subscription that denies everything. */
function deniedAll(request: GatewayRequest): GatewayResponse {
  const scope = /^\/subscriptions\/[^/]+/i.exec(request.path)?.[0] ?? '';
  const called = (type: string) =>
    object({ id: `${scope}/providers/Microsoft.Authorization/${type}/deny`, name: 'deny', properties: {} });
  const assigned = {
    assignment: called('policyAssignments'),
    definition: called('policyDefinitions'),
    parameters: new Map(),
  };
  return answerOf(disallowed(nameOf(request.path), [{ assigned, expressions: [] }]));
}
