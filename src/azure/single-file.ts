// What a door does once Azure throttles it: requests go one behind another, and the first in the line waits as long as Azure
// asked. All of them coming back at the same moment would be refused again, all but one.

export class SingleFile {
  #last: Promise<void> = Promise.resolve();
  #inLine = 0;
  #owed = 0;

  /** Is anybody in the line? Who comes now must join it. */
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

  /** Runs when everybody in front has finished, however that went. */
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
      resolve();
    }
  }
}
