// What a template may ask of the reader. Azure's own limits where it has them
// (learn.microsoft.com/azure/azure-resource-manager/templates/best-practices, read 2026-11), else ones no honest template meets.

export const limits = {
  /** Characters of one expression (Azure). */
  expression: 24_576,
  /** Instances of one loop, and resources of one deployment (Azure). */
  copies: 800,
  /** Elements of what `range` makes (Azure). */
  range: 10_000,
  /** Functions, members and values inside one another. */
  depth: 200,
  /** Steps that the whole of a file may take. */
  steps: 2_000_000,
  /** Characters of one text that an expression makes. */
  text: 1_000_000,
  /** Values in everything a file expands to. */
  values: 1_000_000,
  /** Comparisons of every element of one array with every one of another. */
  pairs: 1_000_000,
  /** Resources that a file expands to, nested deployments included. */
  resources: 4_000,
} as const;

/** A value cannot be computed, and why: a clause without a full stop. The value stays open; nothing else is touched. */
export class TemplateError extends Error {}

/** The file asks for more than {@link limits} allows: it is not read at all. */
export class LimitError extends Error {}

/** Counts what a file costs; throws {@link LimitError}. */
export interface Budget {
  /** One step, and `more` where the work grows with what is worked on. */
  step(more?: number): void;
  /** Runs `work` one level deeper. */
  deeper<T>(work: () => T): T;
  resource(): void;
}

export function newBudget(): Budget {
  let steps = 0;
  let depth = 0;
  let resources = 0;
  return {
    step(more = 0) {
      steps += 1 + more;
      if (steps > limits.steps) throw new LimitError(`it takes more than ${limits.steps} steps to evaluate`);
    },
    deeper(work) {
      depth += 1;
      if (depth > limits.depth) throw new LimitError(`it is nested more than ${limits.depth} levels deep`);
      try {
        return work();
      } finally {
        depth -= 1;
      }
    },
    resource() {
      resources += 1;
      if (resources > limits.resources) throw new LimitError(`it creates more than ${limits.resources} resources`);
    },
  };
}

/** A text of a length that is allowed. */
export function bounded(text: string): string {
  if (text.length > limits.text) throw new LimitError(`it creates a string of more than ${limits.text} characters`);
  return text;
}
