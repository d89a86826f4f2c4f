// Reports whose findings are made when they are read. Of tens of thousands of resources hundreds of thousands of findings pass, and
// most that is done with a report needs only those that are open. Pure.
import { type Finding, isOpen, type Report } from './finding.ts';

/** The open findings of such a report. */
const held = new WeakMap<Report, readonly Finding[]>();

/** The report without its findings, `open` ones apart; `all` makes every one, worst first, when they are first read. */
export function largeReport<Rest extends Omit<Report, 'findings'>>(
  rest: Rest,
  open: readonly Finding[],
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
  held.set(report, open);
  return report;
}

/** The findings that fail or are unknown, worst first. */
export const openFindings = (report: Report): readonly Finding[] => held.get(report) ?? report.findings.filter(isOpen);

/** The report with more members and with each finding changed; one that is not open must stay so. */
export function withEachFinding<T extends Report, More extends object>(
  report: T,
  more: More,
  change: (finding: Finding) => Finding = (finding) => finding,
): T & More {
  const open = held.get(report);
  if (open === undefined) return { ...report, ...more, findings: report.findings.map(change) };
  const { findings: _getter, ...rest } = Object.getOwnPropertyDescriptors(report);
  const base = Object.defineProperties({ ...more } as Omit<T, 'findings'> & More, rest as PropertyDescriptorMap);
  return largeReport(base, open.map(change), () => report.findings.map(change)) as unknown as T & More;
}
