// The contract of a known error: what Azure says, what it means, and which rules judge what may be behind it.

export interface KnownError {
  /**
   * Azure's code, or the words by which people know it; the first is shown. A code of several words (`ScopeLocked`) counts
   * wherever it stands in the text, one that is a plain word (`Canceled`) only where the text gives it as its code.
   */
  readonly names: readonly string[];
  /** Wordings that stand for it without its code. */
  readonly text?: RegExp;
  /** What the text says only where this one is meant, among several errors that share a name. */
  readonly about?: RegExp;
  /** A wrapper: left out where the text names what it wraps. */
  readonly wraps?: true;
  /** One sentence. */
  readonly means: string;
  /** One sentence: what to do, whatever the findings say. */
  readonly next: string;
  /** Rules that judge a possible cause, the likeliest first; empty where the cause lies in the request itself or in the moment. */
  readonly rules: readonly string[];
  /** Where the error was seen or is documented, and when. */
  readonly source: string;
}

/** Documents that several errors are read from. */
export const sources = {
  deployment: 'learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors, 2024-06-20',
  requests: 'learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, 2024-06-20',
  network: "Microsoft's REST documents of Microsoft.Network, 2024",
} as const;
