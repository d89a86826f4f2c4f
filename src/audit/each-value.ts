// What files leave open because a parameter has no value, where every value that it may have gives the same result.
import { type Finding, type Report, severities } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import type { Rule } from '../rules/rule.ts';
import { summaryOf, withRollUps, worstFirst } from './audit.ts';

/** A parameter without a value, and the values it may have. */
export interface OpenParameter {
  readonly name: string;
  readonly values: readonly string[];
}

/** More worlds are not audited. */
const mostWorlds = 16;

/** The values to suppose together, those of the parameters first that the most unknown findings name; [] where nothing is unknown. */
export function valuesToSuppose(
  { findings }: Report,
  parameters: readonly OpenParameter[],
): readonly Readonly<Record<string, string>>[] {
  const texts = findings.flatMap(({ outcome, because }) => (outcome === 'unknown' ? [fold(because)] : []));
  if (texts.length === 0) return [];
  const named = ({ name }: OpenParameter) => texts.filter((text) => names(text, name)).length;
  const byUse = parameters.map((one) => ({ ...one, uses: named(one) })).toSorted((a, b) => b.uses - a.uses);
  let worlds: readonly Readonly<Record<string, string>>[] = [{}];
  for (const { name, values } of byUse) {
    if (worlds.length * values.length > mostWorlds) continue;
    worlds = worlds.flatMap((world) => values.map((value) => ({ ...world, [name]: value })));
  }
  return parameters.length === 0 ? [] : worlds;
}

const names = (text: string, parameter: string): boolean =>
  [`parameters('${fold(parameter)}')`, `the parameter ${fold(parameter)} `].some((one) => text.includes(one));

/** The report, with the result of each unknown finding that has one result in all of these reports, which suppose every value. */
export function decidedInEach(
  report: Report,
  supposed: readonly Report[],
  parameters: readonly OpenParameter[],
  rules: readonly Rule[],
): Report {
  if (supposed.length === 0) return report;
  const byId = supposed.map(({ findings }) => new Map(findings.map((one) => [one.id, one])));
  const decided = report.findings.map((one) => {
    if (one.outcome !== 'unknown') return one;
    const same = byId.flatMap((found) => found.get(one.id) ?? []);
    return same.length === supposed.length ? (agreed(one, same, parameters) ?? one) : one;
  });
  const findings = worstFirst(withRollUps(decided, rules), rules);
  return { ...report, findings, summary: summaryOf(findings) };
}

function agreed(open: Finding, results: readonly Finding[], parameters: readonly OpenParameter[]): Finding | undefined {
  const [first] = results;
  if (!first || first.outcome === 'unknown' || results.some(({ outcome }) => outcome !== first.outcome))
    return undefined;
  const named = parameters.filter(({ name }) => names(fold(open.because), name));
  const all = (named.length === 0 ? parameters : named).map(({ name }) => name);
  const whose = all.length === 1 ? `the parameter ${all[0]}` : `the parameters ${all.join(', ')}`;
  const because = [...new Set(results.map((one) => one.because))].slice(0, 3).join(' ');
  const severity = severities.findLast((level) => results.some((one) => one.severity === level));
  return {
    ...first,
    ...(severity === undefined ? {} : { severity }),
    because: `${because} This holds for every value of ${whose}.`,
  };
}
