// What can be wrong with how the simulator is started: said in words, with a code, never as a broken server.

export class SimulatorError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
