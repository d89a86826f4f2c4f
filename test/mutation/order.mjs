// In which order test files are asked about a mutant: those first that catch the most in the least time, as far as it is known. Pure.

/** What starting the test runner costs beside the tests, in milliseconds. */
const start = 2500;
/** Parts are so long at most, in milliseconds of their tests: a part is asked as a whole, and the next only where it is green. */
const lengths = [2000, 15_000];

/** How often each test file was asked and was red. */
export function killsOf() {
  const known = new Map();
  return {
    /** Of a run that stops at the first red file, the files behind it were not asked: they count as half asked. */
    note(names, red) {
      for (const name of names) {
        const { asked, caught } = known.get(name) ?? { asked: 0, caught: 0 };
        const isRed = red.includes(name);
        known.set(name, { asked: asked + (isRed || red.length === 0 ? 1 : 0.5), caught: caught + (isRed ? 1 : 0) });
      }
    },
    /** Caught in a second, if it is asked again. An unknown file is tried. */
    worth({ name, took }) {
      const { asked, caught } = known.get(name) ?? { asked: 0, caught: 0 };
      return (1000 * ((caught + 1) / (asked + 4))) / (took + start / 10);
    },
  };
}

/** The files in parts, the worthiest first, and of them no more than take `most` milliseconds; the worthiest is always asked. */
export function asked(tests, kills, most = Number.POSITIVE_INFINITY) {
  let left = most;
  const sorted = tests
    .toSorted((a, b) => kills.worth(b) - kills.worth(a) || (a.name < b.name ? -1 : 1))
    .filter(({ took }, at) => {
      if (at > 0 && took > left) return false;
      left -= took;
      return true;
    });
  const parts = [];
  for (const length of lengths) {
    let sum = 0;
    const part = [];
    while (sorted.length > 0 && (part.length === 0 || sum + sorted[0].took <= length)) {
      const next = sorted.shift();
      sum += next.took;
      part.push(next);
    }
    if (part.length > 0) parts.push(part);
  }
  return sorted.length > 0 ? [...parts, sorted] : parts;
}
