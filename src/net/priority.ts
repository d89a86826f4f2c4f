// Chooses the priority of a new rule: 100 to 4096, unique per direction (docs/reference/nsg-priorities.md).
import type { Direction, SecurityRule } from './nsg.ts';

const lowestPriority = 100;
const highestPriority = 4096;

const taken = (rules: readonly SecurityRule[], direction: Direction) =>
  new Set(rules.filter((rule) => rule.direction === direction).map(({ priority }) => priority));

/** The highest free number below `before`, a multiple of ten when there is one; undefined when none is free. */
export function priorityBefore(
  rules: readonly SecurityRule[],
  direction: Direction,
  before: number,
): number | undefined {
  const used = taken(rules, direction);
  const top = Math.min(before - 1, highestPriority);
  for (let number = top - (top % 10); number >= lowestPriority; number -= 10) if (!used.has(number)) return number;
  for (let number = top; number >= lowestPriority; number -= 1) if (!used.has(number)) return number;
  return undefined;
}

/** The highest free number above `after`; undefined when none is free. For a deny that must come last. */
export function priorityAfter(rules: readonly SecurityRule[], direction: Direction, after: number): number | undefined {
  const used = taken(rules, direction);
  for (let number = highestPriority; number > Math.max(after, lowestPriority - 1); number -= 1) {
    if (!used.has(number)) return number;
  }
  return undefined;
}

/** How many numbers below `before` are free. */
export function freeBelow(rules: readonly SecurityRule[], direction: Direction, before: number): number {
  const end = Math.min(before, highestPriority + 1);
  const used = [...taken(rules, direction)].filter((number) => number >= lowestPriority && number < end);
  return Math.max(0, end - lowestPriority - used.length);
}
