// Where the workspace stands, for the header: numbers of findings, architecture, identity and assumptions.
import type { Line as Words } from '../../command/definition.ts';
import { architectureWords } from '../../model/architecture-words.ts';
import { assumptionEntries, assumptionText } from '../../model/assumption-values.ts';
import { severities } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { noProblems, reportNumbers } from '../../model/problem.ts';
import { failedReads } from '../../model/snapshot.ts';
import { clean, counted } from '../../model/text.ts';
import { line, lineWidth, word } from '../draw/text.ts';
import type { State } from '../state/state.ts';

/** Findings, architecture, identity and assumptions: as many whole parts as fit into the width. */
export function standingWords(state: State, dot: string, width: number): Words {
  const { report } = state;
  const who = state.identity === null ? '' : `Signed in as ${callerOf(state.identity.name)}`;
  if (report === null) return line(word(who === '' ? ' ' : ` ${who}`, 'dim'));
  const { failing, bySeverity, unread: those, unset } = reportNumbers(report);
  const none = noProblems(report);
  const counts = severities
    .filter((severity) => bySeverity[severity] > 0)
    .flatMap((severity) => [word('  '), word(`${bySeverity[severity]} ${severity}`, severity)]);
  const { fail, unknown, pass } = report.summary;
  const found = line(
    ' ',
    none === null ? word(`${counted(failing, 'problem')}:`, 'heading') : word(none.text, none.role),
    ...counts,
    word(`  ${dot}  ${counted(fail, 'finding')}`, 'dim'),
  );
  const unsure = word(`  ${unknown} unknown`, unknown > 0 ? 'unknown' : 'dim');
  const passed = word(`  ${pass} pass`, 'dim');
  // What no check needed is said too.
  const missing = those > 0 ? those : failedReads(state.snapshot?.gaps ?? []).length;
  const unread = missing === 0 ? [] : [[word(`${missing} not accessible`, 'unknown')]];
  const open = unset.length === 0 ? [] : [[word(`${counted(unset.length, 'assumption')} not set`, 'unknown')]];
  const [name = '', ...reason] = architectureWords(report.architecture).split(/(?= \()/);
  const short = [word(name, 'accent')];
  const full = line(...short, word(reason.join(''), 'dim'));
  const declared = declaredText(state);
  const texts = [who, declared].filter((text) => text !== '').map((text) => [word(text, 'dim')]);
  const all = [[full, ...texts], [full, ...texts.slice(0, 1)], [short, ...texts.slice(0, 1)], [short]];
  const beside = (counts: Words, parts: readonly Words[]): Words =>
    line(...counts, ...parts.flatMap((part) => [word(`  ${dot}  `, 'dim'), ...part]));
  const choices = [
    ...[...all.map((parts) => [...unread, ...open, ...parts]), [...unread, ...open], unread].map((parts) =>
      beside(line(...found, unsure, passed), parts),
    ),
    beside(unknown > 0 ? line(...found, unsure) : found, unread),
  ];
  const least = choices.at(-1) ?? found;
  // Where even that is too long, the words stand closer.
  const close = least.map((one) => ({ ...one, text: one.text.replaceAll(/ {2,}/g, ' ') }));
  return choices.find((words) => lineWidth(words) <= width) ?? close;
}

/** The declared assumptions; last, because a narrow terminal can omit them. */
function declaredText({ snapshot }: State): string {
  const given = assumptionEntries.flatMap(({ name }) => {
    const value = snapshot?.intents[name] as Json | undefined;
    return value === undefined ? [] : [`${name}: ${clean(assumptionText(value), 40)}`];
  });
  return given.length === 0 ? '' : `${given.join(', ')} (declared)`;
}

/** An application has only a GUID for a name; its first part identifies it. */
function callerOf(name: string): string {
  const shown = clean(name);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(shown) ? `app ${shown.slice(0, 8)}` : shown;
}
