// The time by which everything is dated that is compared with times of Azure: this machine's, and Azure's once an answer shows that
// they differ.

export interface AzureTime {
  now(): Date;
  /** An answer of Azure came now; `time`: what it says the time is, milliseconds since 1970. */
  hear(time: number): void;
}

/** Milliseconds: an answer is on its way for a moment, and its time has no fractions of a second. */
const likely = 5000;

export function openClock(local: () => number = Date.now): AzureTime {
  let ahead = 0;
  return {
    now: () => new Date(local() + ahead),
    hear(time) {
      const by = time - local();
      if (Math.abs(by - ahead) > likely) ahead = Math.abs(by) > likely ? by : 0;
    },
  };
}
