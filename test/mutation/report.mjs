// What came of a mutation run: a line for each folder, every survivor with its change, and the score. Pure.

const caught = (outcome) => outcome === 'killed' || outcome === 'timeout';
/** Of those that could be caught, in per cent; equivalent mutants, those whose place is gone and those that were not run do not count. */
export function scoreOf(results) {
  const counted = results.filter(({ outcome }) => caught(outcome) || outcome === 'survived');
  return counted.length === 0 ? 0 : (100 * counted.filter(({ outcome }) => caught(outcome)).length) / counted.length;
}

export function reportOf(results) {
  const count = (all, outcome) => all.filter((one) => one.outcome === outcome).length;
  const lineOf = (name, all) =>
    `${name.padEnd(14)} ${count(all, 'killed')} killed, ${count(all, 'timeout')} timed out, ${count(all, 'survived')} survived, ` +
    `${count(all, 'equivalent')} equivalent, ${count(all, 'gone')} gone, ${count(all, 'not run')} not run: ${scoreOf(all).toFixed(1)} %`;
  const folders = [...Map.groupBy(results, ({ folder }) => folder)].sort(([a], [b]) => (a < b ? -1 : 1));
  const short = (text) => (text.length > 70 ? `${text.slice(0, 69)}…` : text).replaceAll('\n', ' ');
  const survivors = results
    .filter(({ outcome }) => outcome === 'survived')
    .map(
      ({ file, line, operator, was, becomes }) => `  ${file}:${line} ${operator}: ${short(was)} -> ${short(becomes)}`,
    )
    .sort();
  const text = [
    ...folders.map(([name, all]) => lineOf(name, all)),
    lineOf('all', results),
    ...(survivors.length === 0 ? [] : ['', 'Survived:', ...survivors]),
  ].join('\n');
  return { text, score: scoreOf(results) };
}
