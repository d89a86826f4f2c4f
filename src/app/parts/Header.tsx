// The rows at the top: where one is, who one is, how old the data is, how it stands, and the screens there are.
import { Box } from 'ink';
import type { Line as Words } from '../../command/definition.ts';
import { type ArchitectureAnswer, severities } from '../../model/finding.ts';
import { intentEntries, spokenIntent } from '../../model/intent-values.ts';
import type { Json } from '../../model/json.ts';
import { nameOf, resourceGroupOf } from '../../model/resource-id.ts';
import { type TagsSummary, tagsSummary } from '../../model/tags-seen.ts';
import { clean } from '../../model/text.ts';
import { line, lineWidth, word } from '../draw/text.ts';
import { screens } from '../screens/index.ts';
import { meansScreen } from '../state/keys/count.ts';
import type { State } from '../state/state.ts';
import { useGlyphs, useSelect } from './context.tsx';
import { Line } from './Line.tsx';
import { Working } from './Working.tsx';

export function Header({ width, height }: { readonly width: number; readonly height: number }) {
  const state = useSelect((all) => all);
  const { crumb, dot } = useGlyphs();
  const whole = whereWords(state, crumb);
  const { overlay } = state;
  // While a question stands, everything waits for its answer and nothing turns.
  const working = state.work !== null && overlay?.kind !== 'ask' && overlay?.kind !== 'guide';
  const right = line(word(working ? '' : ageWords(state), 'dim'), ' ');
  const room = working ? Math.min(44, Math.floor(width * 0.45)) : lineWidth(right);
  // Where it is too long, the workspace's name is what must be seen.
  const left = lineWidth(whole) <= width - room ? whole : whereWords(state, crumb, true);
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      <Box width={width} height={1}>
        <Line words={left} width={Math.max(0, width - room)} />
        {working ? <Working width={room} /> : <Line words={right} width={room} />}
      </Box>
      <Standing state={state} width={width} dot={dot} tab={height < 3} />
      {height > 2 && <Line words={tabWords(state)} width={width} />}
    </Box>
  );
}

interface StandingProps {
  readonly state: State;
  readonly width: number;
  readonly dot: string;
  /** Where the tabs have no row of their own, the screen's name stands here. */
  readonly tab: boolean;
}

function Standing({ state, width, dot, tab }: StandingProps) {
  const words = standingWords(state, dot);
  const screen = tab ? tabWords(state, true) : [];
  // How it stands comes first; the body names the screen too.
  const room = lineWidth(words) + lineWidth(screen) <= width ? lineWidth(screen) : 0;
  return (
    <Box width={width} height={1}>
      <Line words={words} width={width - room} />
      {room > 0 && <Line words={screen} width={room} />}
    </Box>
  );
}

/** The screens with their numbers, the one that is shown in brackets; the one a digit is about to lead to stands out. */
function tabWords(state: State, onlyThis = false): Words {
  const pending = meansScreen(state) ? Number(state.count) - 1 : -1;
  const tabs = screens.map(({ name, title }, index) => ({ name, text: `${index + 1} ${title}`, index }));
  return line(
    ' ',
    ...tabs
      .filter(({ name }) => !onlyThis || name === state.screen)
      .map(({ name, text, index }) =>
        name === state.screen ? word(`[${text}]`, 'focus') : word(` ${text} `, index === pending ? 'accent' : 'dim'),
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

function ageWords(state: State): string {
  if (state.snapshot === null) return state.problem === null ? 'not read yet' : 'not read';
  const minutes = Math.floor((state.now - Date.parse(state.snapshot.takenAt)) / 60_000);
  const age =
    minutes < 1
      ? 'just now'
      : minutes < 60
        ? `${minutes} min ago`
        : `${Math.floor(minutes / 60)} h ${minutes % 60} min ago`;
  return `read ${age}${state.problem === null ? '' : ', last try failed'}${tagsAge(tagsSummary(state.snapshot))}`;
}

/** How old the service tags are that verdicts rest on; nothing where none were needed. */
function tagsAge({ source, ageDays }: TagsSummary): string {
  if (source === 'none') return '';
  if (source === 'file') return ', tags from a file';
  return ageDays === null || ageDays === 0 ? ', tags of today' : `, tags ${ageDays} d old`;
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
    ...(counts.length > 0 ? counts : [word('nothing fails  ', 'ok')]),
    word(`${report.summary.unknown} unknown  `, report.summary.unknown > 0 ? 'unknown' : 'dim'),
    word(`${report.summary.pass} pass`, 'dim'),
    ...(gaps > 0 ? [word(`  ${dot}  `, 'dim'), word(`${gaps} not readable`, 'unknown')] : []),
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
  const given = intentEntries.flatMap(({ name }) => {
    const answer = snapshot?.intents[name] as Json | undefined;
    return answer === undefined ? [] : [`${name} ${clean(spokenIntent(answer), 40)}`];
  });
  return given.length === 0 ? [] : line(word(`  ${dot}  `, 'dim'), word(given.join(', '), 'dim'));
}

/** An application has only a GUID to its name; its first part tells it apart. */
function callerOf(name: string): string {
  const shown = clean(name);
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(shown) ? `app ${shown.slice(0, 8)}` : shown;
}
