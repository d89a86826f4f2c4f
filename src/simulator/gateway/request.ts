// One HTTP request as the simulator sees it, cut loose from sockets.

export interface GatewayRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `https://host:port` as the caller spelt it: links are built on it. */
  readonly origin: string;
  /** Sent by a deployment in the name of the caller. */
  readonly deployed?: boolean;
}

/** A query parameter whatever the letter case of its name; undefined when absent. */
export function parameter(request: GatewayRequest, name: string): string | undefined {
  for (const [key, value] of request.query) if (key.toLowerCase() === name) return value;
  return undefined;
}
