// What the ARM client does once Azure throttles it: requests are sent one after another, and the first in the queue waits as
// long as Azure asked. All of them repeated at the same moment would be refused again, all but one.

export class SingleFile {
  #last: Promise<void> = Promise.resolve();
  #inLine = 0;
  #owed = 0;
  /** By what Azure throttles together, the seconds waited since it last accepted something; forgotten when the queue is empty. */
  readonly #waited = new Map<string, number>();

  /** Is the queue in use? A new request must then join it. */
  get isBusy(): boolean {
    return this.#inLine > 0;
  }

  /** Azure asked for so many seconds. */
  owe(seconds: number): void {
    this.#owed = Math.max(this.#owed, seconds);
  }

  /** The seconds that are to be waited before anything is sent; from now on they are the caller's to wait. */
  takeOwed(): number {
    const owed = this.#owed;
    this.#owed = 0;
    return owed;
  }

  waited(scope: string): number {
    return this.#waited.get(scope) ?? 0;
  }
  waits(scope: string, seconds: number): void {
    this.#waited.set(scope, this.waited(scope) + seconds);
  }
  accepted(scope: string): void {
    this.#waited.delete(scope);
  }

  /** Runs when all requests before it have finished, whatever their outcome. */
  async join<T>(run: () => Promise<T>): Promise<T> {
    this.#inLine += 1;
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await before;
      return await run();
    } finally {
      this.#inLine -= 1;
      if (this.#inLine === 0) this.#waited.clear();
      resolve();
    }
  }
}
