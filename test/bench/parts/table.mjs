// Cases measured in processor time within one interleaved run, printed as a table; no case waits for another's warmth.

const cpu = (act) => {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/**
 * Milliseconds (user + system) of each case: `{ name, act, ready }`, `ready` made anew before each run and not counted. Every
 * round runs each case once, so that what else the machine does falls on all alike; the first round only warms up.
 */
export function measure(cases, rounds) {
  const times = new Map(cases.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, act, ready } of cases) {
      const made = ready?.();
      const time = cpu(() => act(made));
      if (round >= 0) times.get(name).push(time);
    }
  }
  return new Map([...times].map(([name, values]) => [name, { median: median(values), least: Math.min(...values) }]));
}

/** One line a case: the median and the least. */
export function printTimes(times) {
  console.log(`${'median'.padStart(10)} ${'least'.padStart(10)}  CPU ms`);
  for (const [name, { median: middle, least }] of times) {
    console.log(`${middle.toFixed(2).padStart(10)} ${least.toFixed(2).padStart(10)}  ${name}`);
  }
}

/** How many times the first case takes what the second takes, by the medians. */
export const ratio = (times, slow, fast) => times.get(slow).median / times.get(fast).median;
