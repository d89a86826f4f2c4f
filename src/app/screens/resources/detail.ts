// The text of the detail pane: what a finding means, what it stands on, the resource as Azure has it, and what was done
// to it. Lines of words with roles, already wrapped; foreign text is cleaned here.
import type { Line } from '../../../command/definition.ts';
import { kindOf } from '../../../kinds/index.ts';
import type { Entry } from '../../../model/entry.ts';
import type { Finding } from '../../../model/finding.ts';
import { stringifyJson } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { clean, cleanLines } from '../../../model/text.ts';
import { evidenceLines } from '../../draw/evidence.ts';
import { undoWords } from '../../draw/finding-words.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { Selection, State } from '../../state/state.ts';
import type { Panes } from './slice.ts';
import type { TreeRow } from './tree.ts';

export const tabs = ['explain', 'evidence', 'json', 'history'] as const;
export type Tab = (typeof tabs)[number];

const blank: Line = [];
export function detailLines(panes: Panes, selection: Selection, state: State, width: number): readonly Line[] {
  if (state.snapshot === null || state.report === null) return [];
  const { finding, resource: id } = selection;
  const row = panes.rows.value[panes.tree.index];
  const resource = state.snapshot.resources.find((one) => sameId(one.id, id));
  switch (panes.tab) {
    case 'explain':
      return finding ? explain(finding, state, width) : aboutRow(row, resource, panes.filter, state, width);
    case 'evidence':
      return finding ? evidence(finding, width) : [line(word('No finding is selected.', 'dim'))];
    case 'json':
      return json(resource, id, state, width);
    case 'history':
      return history(state.entries, panes.pane === 'tree' && row?.covers === null ? null : id, width);
  }
}

function heading(text: string): Line[] {
  return [blank, line(word(text, 'heading'))];
}

function explain(finding: Finding, state: State, width: number): Line[] {
  const rule = state.rules.get(finding.rule);
  const outcome = finding.outcome === 'notApplicable' ? 'does not apply' : finding.outcome;
  const role = finding.outcome === 'fail' ? finding.severity : finding.outcome === 'pass' ? 'ok' : 'unknown';
  const where = finding.where === null ? '' : ` and ${clean(nameOf(finding.where))}`;
  const gaps = state.snapshot?.gaps.filter((gap) => finding.gaps.some((id) => sameId(id, gap.id))) ?? [];
  return [
    ...wrapText(clean(finding.title), width, 'heading'),
    ...wrapLine(
      line(
        word(finding.severity, finding.severity),
        word(' · ', 'dim'),
        word(outcome, role),
        word(' · ', 'dim'),
        word(finding.rule, 'accent'),
      ),
      width,
    ),
    ...wrapText(`on ${clean(nameOf(finding.resource))}${where}, profile ${finding.profiles.join(', ')}`, width, 'dim'),
    blank,
    ...wrapText(clean(finding.because), width),
    ...gaps.flatMap((gap) => wrapText(`Not read: ${clean(gap.reason)} Needs ${clean(gap.action)}.`, width, 'unknown')),
    ...heading('Fix'),
    ...wrapText(fixWords(finding), width, finding.fix.kind === 'none' ? 'dim' : 'ok'),
    ...(rule === undefined
      ? []
      : [
          ...wrapText(clean(rule.explain.fix), width),
          ...heading('Why it matters'),
          ...wrapText(clean(rule.explain.why), width),
          ...heading('What the fix may break'),
          ...wrapText(clean(rule.explain.breaks), width),
          ...(rule.explain.links.length > 0 ? heading('Read more') : []),
          ...rule.explain.links.flatMap((link) => wrapText(clean(link), width, 'link')),
        ]),
  ];
}

function fixWords(finding: Finding): string {
  if (finding.fix.kind === 'none') return 'None in place.';
  const kind = finding.fix.kind === 'auto' ? 'Automatic' : 'Guided: it asks first';
  return `${kind}. Way back: ${undoWords[finding.fix.undo] ?? finding.fix.undo}.`;
}

function aboutRow(
  row: TreeRow | undefined,
  resource: Resource | undefined,
  filter: string,
  state: State,
  width: number,
): Line[] {
  const gap = state.snapshot?.gaps.find((one) => sameId(one.id, row?.resource ?? null));
  if (gap !== undefined) {
    return [
      ...wrapText(`Could not be read: ${clean(gap.reason)}`, width, 'unknown'),
      blank,
      ...wrapText(`Needs the permission ${clean(gap.action)}. Findings that depend on it are unknown.`, width),
      blank,
      ...wrapText(clean(gap.id), width, 'dim'),
    ];
  }
  const quiet = filter === '' ? 'Nothing fails here.' : 'No finding matches the filter; Esc clears it.';
  if (resource === undefined) return [line(word(quiet, filter === '' ? 'ok' : 'dim'))];
  return [
    line(word(clean(nameOf(resource.id)), 'heading'), word(` ${clean(kindOf(resource.type).label)}`, 'dim')),
    line(word(quiet, filter === '' ? 'ok' : 'dim')),
    blank,
    ...kindOf(resource.type).columns.flatMap((column) =>
      wrapLine(line(word(`${column.title}: `, 'dim'), clean(column.value(resource))), width, 2),
    ),
    blank,
    ...wrapText(clean(resource.id), width, 'dim'),
  ];
}

function evidence(finding: Finding, width: number): Line[] {
  if (finding.evidence.length === 0) return [line(word('This finding rests on nothing that can be quoted.', 'dim'))];
  return evidenceLines(finding.evidence, width);
}

function json(resource: Resource | undefined, id: string | null, state: State, width: number): Line[] {
  if (resource === undefined) {
    const gap = state.snapshot?.gaps.find((one) => sameId(one.id, id));
    return wrapText(
      gap ? `Not read: ${clean(gap.reason)}` : 'Select a resource to see it as Azure has it.',
      width,
      'dim',
    );
  }
  return [
    line(word(`${clean(resource.type)} ${resource.apiVersion}`, 'dim')),
    ...cleanLines(stringifyJson(resource.body, 2), 400_000)
      .split('\n')
      .flatMap((text) => jsonLine(text, width)),
  ];
}

function jsonLine(text: string, width: number): Line[] {
  const [, space = '', name = '', rest = ''] = /^(\s*)("(?:[^"\\]|\\.)*"(?=:))?(.*)$/.exec(text) ?? [];
  return wrapLine(line(space, word(name, 'accent'), rest), width, Math.min(space.length + 2, Math.floor(width / 2)));
}

function history(entries: readonly Entry[], id: string | null, width: number): Line[] {
  const about = [...entries]
    .reverse()
    .filter((entry) => id === null || entry.resources.some((resource) => sameId(resource, id)));
  if (about.length === 0) return [line(word('Bastide has changed nothing here yet.', 'dim'))];
  return about.flatMap((entry) => [
    ...wrapLine(
      line(
        word(entry.at.slice(0, 16).replace('T', ' '), 'dim'),
        ` ${entry.verb} `,
        word(entry.state, entry.state === 'done' ? 'ok' : 'bad'),
        word(entry.undoneBy === null ? '' : ' (undone)', 'warn'),
      ),
      width,
    ),
    ...wrapText(`  ${clean(entry.line)}`, width, 'accent', 4),
    ...wrapText(
      `  ${entry.id} by ${clean(entry.by)}, ${entry.steps.length} ${entry.steps.length === 1 ? 'step' : 'steps'}`,
      width,
      'dim',
      4,
    ),
    ...entry.steps
      .filter((step) => step.message !== null)
      .flatMap((step) => wrapText(`  ${clean(step.message)}`, width, 'bad', 4)),
    blank,
  ]);
}
