// The pages about rules, and the index of the rules that `test/fixtures/rules.json` holds: printed from the registry.
import { pageDate } from '../../src/rules/parts/links.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { bullets, code, type Page, page, sentences, table } from './markdown.ts';

const names = {
  severity: { critical: 'critical', high: 'high', medium: 'medium', low: 'low', info: 'info' },
  fix: { auto: 'automatic', guided: 'needs input', none: 'none: see the manual steps' },
  undo: { exact: 'full', equivalent: 'equivalent', partial: 'partial', none: 'not possible' },
  architecture: {
    'service-endpoint': 'service endpoints',
    'private-endpoint': 'private endpoints',
    'managed-network': 'managed network',
  },
} as const;

/** What must not change by accident: one object a rule, in the order of the registry. */
export const ruleIndex = (rules: readonly Rule[]) =>
  rules.map((rule) => ({
    id: rule.id,
    title: rule.title,
    problem: rule.problem,
    severity: rule.severity,
    fix: rule.fixKind,
    undo: rule.undo,
    profiles: [...rule.profiles],
    architectures: [...rule.for],
  }));

/** One object a line, so that a change of one rule is a change of one line. */
export const ruleIndexText = (rules: readonly Rule[]): string =>
  `[\n${ruleIndex(rules)
    .map((one) => `  ${JSON.stringify(one)}`)
    .join(',\n')}\n]\n`;

const group = (id: string): string => id.split('.')[0] ?? id;
const fileOf = (id: string): string => `${id}.md`;

function rulePage(rule: Rule, all: readonly Rule[]): string {
  const { why, fix, breaks, links } = rule.explain;
  const linked = (id: string) => (all.some((one) => one.id === id) ? `[${code(id)}](${fileOf(id)})` : code(id));
  const facts: [string, string][] = [
    ['Severity', names.severity[rule.severity]],
    ['Resource', code(rule.about)],
    ['Permission to check', code(`${rule.about}/read`)],
    ['Architectures', rule.for.map((one) => names.architecture[one]).join(', ')],
    ['Profiles', rule.profiles.map(code).join(', ')],
    ['Fix', names.fix[rule.fixKind]],
    ['Undo', names.undo[rule.undo]],
    ...(rule.gates.length === 0 ? [] : [['Must pass first', rule.gates.map(linked).join(', ')] as [string, string]]),
    ...(rule.rollsUp === undefined ? [] : [['Repeats', rule.rollsUp.map(linked).join(', ')] as [string, string]]),
    ...(rule.instead === undefined ? [] : [['Otherwise checked by', linked(rule.instead)] as [string, string]]),
  ];
  const command = rule.fixKind === 'none' ? `bastide explain ${rule.id}` : `bastide fix ${rule.id} --dry-run`;
  return page(
    code(rule.id),
    ['**Requirement:** ', rule.title, '\n\n**Problem:** ', rule.problem].join(''),
    table(['', ''], facts),
    `## Why\n\n${why}`,
    `## Fix\n\n${fix}\n\n\`\`\`sh\n${command}\n\`\`\``,
    `## Impact\n\n${breaks}`,
    `## Sources\n\n${bullets(links.map((link) => `<${link}>${dated(link)}`))}`,
  );
}

export function rulePages(rules: readonly Rule[]): Page[] {
  const groups = Map.groupBy(rules, ({ id }) => group(id));
  const index = page(
    'Rules',
    sentences(
      `${rules.length} rules in ${groups.size} groups, in the order of the registry.`,
      'A rule has a requirement, and a problem, which is listed if the requirement is not met.',
      'These pages are written by `npm run docs`.',
    ),
    ...[...groups].map(
      ([name, members]) =>
        `## ${name}\n\n${table(
          ['Rule', 'Requirement', 'Severity', 'Fix', 'Undo'],
          members.map((rule) => [
            `[${code(rule.id)}](${fileOf(rule.id)})`,
            rule.title,
            rule.severity,
            names.fix[rule.fixKind].split(':')[0] ?? '',
            names.undo[rule.undo],
          ]),
        )}`,
    ),
  );
  return [
    { file: 'docs/rules/README.md', text: index },
    ...rules.map((rule) => ({ file: `docs/rules/${fileOf(rule.id)}`, text: rulePage(rule, rules) })),
    { file: 'test/fixtures/rules.json', text: ruleIndexText(rules) },
  ];
}

/** The date of a page, as it was read. */
function dated(link: string): string {
  const date = pageDate(link);
  return date === undefined ? '' : `, ${date}`;
}
