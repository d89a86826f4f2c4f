// The rows at the top: where one is, who one is, how old the data is, how it stands, and the screens there are.
import type { Line as Words } from '../../command/definition.ts';
import { assumptionEntries, assumptionText } from '../../model/assumption-values.ts';
import { type ArchitectureAnswer, severities } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { nameOf, resourceGroupOf } from '../../model/resource-id.ts';
import { type TagsSummary, tagsSummary } from '../../model/tags-seen.ts';
import { clean } from '../../model/text.ts';
import { clickable, shownWords } from '../draw/clicks.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, lineWidth, word } from '../draw/text.ts';
import { screens } from '../screens/index.ts';
import { meansScreen } from '../state/keys/count.ts';
import type { State } from '../state/state.ts';

export interface HeaderRows {
  /** Where one is; as wide as it is to be. */
  readonly where: Words;
  /** Cells that it leaves free at its right. */
  readonly room: number;
  /** What stands there; null while something runs, which tells of itself there. */
  readonly age: Words | null;
  readonly rest: readonly Words[];
}

export function headerRows(state: State): HeaderRows {
  const { overlay, ascii, work, view } = state;
  const { width, header } = view.layout;
  const { crumb, dot } = glyphsFor(ascii);
  // While a question stands, everything waits for its answer and nothing turns.
  const working = work !== null && overlay?.kind !== 'ask' && overlay?.kind !== 'guide';
  const short = line(word(ageWords(state, ''), 'dim'), ' ');
  const full = line(word(ageWords(state, dot), 'dim'), ' ');
  // The workspace's name comes before the age of the service tags.
  const age = lineWidth(whereWords(state, crumb, true)) + lineWidth(full) <= width ? full : short;
  const room = working ? Math.min(44, Math.floor(width * 0.45)) : lineWidth(age);
  const whole = whereWords(state, crumb);
  // Where it is too long, the workspace's name is what must be seen.
  const left = lineWidth(whole) <= width - room ? whole : whereWords(state, crumb, true);
  return {
    where: shownWords(left, Math.max(0, width - room), ascii),
    room,
    age: working ? null : age,
    rest: header > 2 ? [standingWords(state, dot), tabWords(state)] : [standingAndTab(state, width, dot)],
  };
}

/** Where the tabs have no row of their own, the screen's name stands at the right. How it stands comes first; the body names the screen too. */
function standingAndTab(state: State, width: number, dot: string): Words {
  const words = standingWords(state, dot);
  const screen = tabWords(state, true);
  const room = lineWidth(words) + lineWidth(screen) <= width ? lineWidth(screen) : 0;
  return room === 0 ? words : [...shownWords(words, width - room, state.ascii), ...screen];
}

/** The screens with their numbers, the one that is shown in brackets; the one a digit is about to lead to stands out. */
function tabWords(state: State, onlyThis = false): Words {
  const pending = meansScreen(state) ? Number(state.count) - 1 : -1;
  const tabs = screens.map(({ name, title }, index) => ({ name, text: `${index + 1} ${title}`, index }));
  return line(
    ' ',
    ...tabs
      .filter(({ name }) => !onlyThis || name === state.screen)
      .flatMap(({ name, text, index }) =>
        clickable(
          [
            name === state.screen
              ? word(`[${text}]`, 'focus')
              : word(` ${text} `, index === pending ? 'accent' : 'dim'),
          ],
          { do: 'screen', name },
        ),
      ),
    onlyThis ? ' ' : '',
  );
}

function whereWords(state: State, crumb: string, short = false): Words {
  const id = state.snapshot?.workspace ?? null;
  const step = word(` ${crumb} `, 'dim');
  const group = id === null || short ? undefined : resourceGroupOf(id);
  const kind = state.source.kind === 'demo' || short ? '' : `${state.source.kind} `;
  return line(
    word(' bastide ', 'heading'),
    ...badgeWords(state),
    word(clean(`${kind}${state.source.name}`), 'accent'),
    ...(group === undefined ? [] : [step, clean(group)]),
    ...(id === null ? [] : [step, word(clean(nameOf(id)), 'heading')]),
  );
}

function badgeWords(state: State): Words {
  const readOnly = state.readOnly || state.source.kind === 'files';
  return readOnly ? line(word(' READ-ONLY ', 'badge'), ' ') : [];
}

function ageWords(state: State, dot: string): string {
  if (state.snapshot === null) return state.problem === null ? 'Not scanned yet' : 'Scan failed';
  const minutes = Math.floor((state.now - Date.parse(state.snapshot.takenAt)) / 60_000);
  const age =
    minutes < 1
      ? 'just now'
      : minutes < 60
        ? `${minutes} min ago`
        : `${Math.floor(minutes / 60)} h ${minutes % 60} min ago`;
  return `Scanned ${age}${state.problem === null ? '' : ', last scan failed'}${dot === '' ? '' : tagsAge(tagsSummary(state.snapshot), dot)}`;
}

/** How old the service tags are that verdicts rest on; nothing where none were needed. */
function tagsAge({ source, ageDays }: TagsSummary, dot: string): string {
  if (source === 'none') return '';
  if (source === 'file') return ` ${dot} service tags from a file`;
  return ageDays === null || ageDays === 0
    ? ` ${dot} service tags current`
    : ` ${dot} service tags ${ageDays} ${ageDays === 1 ? 'day' : 'days'} old`;
}

function standingWords(state: State, dot: string): Words {
  const { report } = state;
  const who = state.identity === null ? [] : [word(`  ${dot}  `, 'dim'), word(callerOf(state.identity.name), 'dim')];
  if (report === null) return line(word(' ', 'dim'), ...who.slice(1));
  const counts = severities
    .filter((severity) => report.summary.bySeverity[severity] > 0)
    .flatMap((severity) => [word(`${report.summary.bySeverity[severity]} ${severity}`, severity), word('  ', 'dim')]);
  const gaps = state.snapshot?.gaps.filter((gap) => gap.status !== 404).length ?? 0;
  return line(
    ' ',
    ...(counts.length > 0 ? counts : [word('no findings  ', 'ok')]),
    word(`${report.summary.unknown} unknown  `, report.summary.unknown > 0 ? 'unknown' : 'dim'),
    word(`${report.summary.pass} pass`, 'dim'),
    ...(gaps > 0 ? [word(`  ${dot}  `, 'dim'), word(`${gaps} not accessible`, 'unknown')] : []),
    word(`  ${dot}  `, 'dim'),
    ...architectureWords(report.architecture),
    ...who,
    ...intentWords(state, dot),
  );
}

/** Which way the traffic is kept inside, and why that is the answer. */
function architectureWords({ answer, by, votes }: ArchitectureAnswer): Words {
  const cast = votes.filter(({ vote }) => vote !== null);
  const count = `${cast.filter(({ vote }) => vote === answer).length} of ${cast.length} votes`;
  const why = by === 'votes' ? count : by === 'intent' ? 'as you answered' : by;
  return line(word(answer, 'accent'), word(` (${clean(why)})`, 'dim'));
}

/** What the operator has answered; last, since it is what a narrow terminal can do without. */
function intentWords({ snapshot }: State, dot: string): Words {
  const given = assumptionEntries.flatMap(({ name }) => {
    const answer = snapshot?.intents[name] as Json | undefined;
    return answer === undefined ? [] : [`${name} ${clean(assumptionText(answer), 40)}`];
  });
  return given.length === 0 ? [] : line(word(`  ${dot}  `, 'dim'), word(given.join(', '), 'dim'));
}

/** An application has only a GUID to its name; its first part tells it apart. */
function callerOf(name: string): string {
  const shown = clean(name);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(shown) ? `app ${shown.slice(0, 8)}` : shown;
}
