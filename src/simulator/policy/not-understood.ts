// Thrown where a policy says something that this simulator does not evaluate: it then decides nothing, and says so.

export class NotUnderstood extends Error {
  constructor(what: string) {
    super(`${what} is not evaluated here`);
  }
}
