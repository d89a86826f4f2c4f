// Reports whose findings are made when they are read. Of tens of thousands of resources hundreds of thousands of findings pass, and
// most that is done with a report needs only those that are open. Pure.
import { type Finding, isOpen, type Report } from './finding.ts';
import { fold } from './resource-id.ts';

/** Every finding, without all of them being in memory. */
export interface EveryFinding {
  readonly count: number;
  /** The resources that findings are about, each once. */
  readonly resources: readonly string[];
  /** Some findings at a time, worst first; those of one resource are together. */
  readonly parts: () => Iterable<readonly Finding[]>;
  /** One after another, worst first. */
  readonly sorted: () => Iterable<Finding>;
}

/** The findings of such a report that are open, and how every one is made. */
interface Held extends EveryFinding {
  readonly open: readonly Finding[];
}
/** What a report was changed from, and how: what lies between is not held. */
interface Origin {
  readonly found: Held;
  readonly all: () => readonly Finding[];
  readonly change: (finding: Finding) => Finding;
}
const origins = new WeakMap<Report, Origin>();
const originOf = (report: Report, found: Held): Origin => ({
  ...{ found, all: () => report.findings, change: (finding) => finding },
});
const held = new WeakMap<Report, Held>();

/** The report without its findings, the open ones apart; `all` makes every one, worst first, when they are first read. */
export function largeReport<Rest extends Omit<Report, 'findings'>>(
  rest: Rest,
  found: Held,
  all: () => readonly Finding[],
): Rest & Pick<Report, 'findings'> {
  let made: readonly Finding[] | undefined;
  const report = Object.defineProperties({} as Rest & Pick<Report, 'findings'>, {
    ...Object.getOwnPropertyDescriptors(rest),
    findings: {
      get: () => {
        made ??= all();
        return made;
      },
      enumerable: true,
      configurable: true,
    },
  });
  held.set(report, found);
  return report;
}

/** The findings that fail or are unknown, worst first. */
export const openFindings = (report: Report): readonly Finding[] =>
  held.get(report)?.open ?? report.findings.filter(isOpen);

/** Of findings that are all in memory. */
export const everyOf = (findings: readonly Finding[]): EveryFinding => ({
  count: findings.length,
  resources: Array.from(
    Map.groupBy(findings, ({ resource }) => fold(resource)).values(),
    ([first]) => first?.resource ?? '',
  ),
  parts: () => [findings],
  sorted: () => findings,
});

/** Are its findings made when they are read? */
export const isLarge = (report: Report): boolean => held.has(report);

export const everyFinding = (report: Report): EveryFinding => held.get(report) ?? everyOf(report.findings);

/** The report with more members and with each finding changed; one that is not open must stay so. */
export function withEachFinding<T extends Report, More extends object>(
  report: T,
  more: More,
  change: (finding: Finding) => Finding = (finding) => finding,
): T & More {
  const found = held.get(report);
  if (found === undefined) return { ...report, ...more, findings: report.findings.map(change) };
  const from = origins.get(report) ?? originOf(report, found);
  const changed = (finding: Finding) => change(from.change(finding));
  const { findings: _getter, ...rest } = Object.getOwnPropertyDescriptors(report);
  const base = Object.defineProperties({ ...more } as Omit<T, 'findings'> & More, rest as PropertyDescriptorMap);
  const own: Held = {
    ...found,
    open: found.open.map(change),
    *parts() {
      for (const part of from.found.parts()) yield part.map(changed);
    },
    *sorted() {
      for (const one of from.found.sorted()) yield changed(one);
    },
  };
  const result = largeReport(base, own, () => from.all().map(changed)) as unknown as T & More;
  origins.set(result, { ...from, change: changed });
  return result;
}
