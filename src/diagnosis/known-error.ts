// The contract of a known error: what Azure says, what it means, and which rules check its possible causes.

export interface KnownError {
  /**
   * Azure's code, or the phrase it is known by; the first is shown. A code of several words (`ScopeLocked`) counts anywhere
   * in the text, a plain word (`Canceled`) only where the text gives it as its code.
   */
  readonly names: readonly string[];
  /** Wordings without the code. */
  readonly text?: RegExp;
  /** Text that tells this error from others of the same name. */
  readonly about?: RegExp;
  /** A wrapper: not shown where the text names what it wraps. */
  readonly wraps?: true;
  readonly means: string;
  /** What to do, independent of the findings. */
  readonly next: string;
  /** Rules that check a possible cause, most likely first; empty where the cause is the request itself or temporary. */
  readonly rules: readonly string[];
  /** Where the error was seen or is documented, and when. */
  readonly source: string;
}

/** Documents that several errors come from. */
export const sources = {
  deployment: 'learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors, 2024-06-20',
  requests: 'learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, 2024-06-20',
  network: "Microsoft's REST documents of Microsoft.Network, 2024",
  cli: 'recorded in the tests of Azure/azure-cli, d8453938, read on 2026-11-30',
  extensions: 'recorded in the tests of Azure/azure-cli-extensions, 2a0caa45, 2025-11',
  operator: 'recorded in the tests of Azure/azure-service-operator, 4c8c8b4b, 2026-08',
} as const;
