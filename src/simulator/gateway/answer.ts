// What a handler returns, and the error envelope of ARM: `error` with `code` and `message`. It must not know any provider.
import { type ArmJson, type ArmObject, object } from '../json.ts';

export interface GatewayResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ArmJson;
  /** A body that is not JSON. */
  readonly raw?: { readonly type: string; readonly text: string };
}

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly target?: string;
}

/** An expected refusal. `gateway`: made by ARM itself, before any provider. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly gateway: boolean;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The part of the resource that the refusal is about. */
  readonly target: string | undefined;
  /** `{type, info}` entries. */
  readonly additionalInfo: readonly ArmJson[] | undefined;
  /** The body is the error itself, not an object that holds it. */
  readonly bare: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: {
      readonly gateway?: boolean;
      readonly details?: readonly ErrorDetail[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly target?: string;
      readonly additionalInfo?: readonly ArmJson[];
      readonly bare?: boolean;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.gateway = extra.gateway ?? false;
    this.details = extra.details;
    this.headers = extra.headers ?? {};
    this.target = extra.target;
    this.additionalInfo = extra.additionalInfo;
    this.bare = extra.bare ?? false;
  }
}

export function gatewayError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  details?: readonly ErrorDetail[],
): ArmError {
  return new ArmError(status, code, message, { gateway: true, headers, ...(details ? { details } : {}) });
}

/** Network answers always carry `details`, if only `[]`. */
export function networkError(
  status: number,
  code: string,
  message: string,
  details: readonly ErrorDetail[] = [],
): ArmError {
  return new ArmError(status, code, message, { details });
}

function errorBody({ additionalInfo, bare, code, details, message, target }: ArmError): ArmObject {
  const error = {
    code,
    target,
    message,
    details: details?.map((detail) => ({ code: detail.code, target: detail.target, message: detail.message })),
    additionalInfo: additionalInfo && [...additionalInfo],
  };
  return object(bare ? error : { error });
}

export function answerOf(error: ArmError): GatewayResponse {
  return {
    status: error.status,
    headers: { ...error.headers, ...(error.gateway ? { 'x-ms-failure-cause': 'gateway' } : {}) },
    body: errorBody(error),
  };
}

export function ok(body: ArmJson, status = 200, headers: Readonly<Record<string, string>> = {}): GatewayResponse {
  return { status, headers, body };
}
