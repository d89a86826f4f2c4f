// The rows at the top: workspace, age of the scan, numbers of findings, architecture, identity, and the screens.
import type { Line as Words } from '../../command/definition.ts';
import { intervalWords } from '../../model/interval.ts';
import { nameOf, resourceGroupOf } from '../../model/resource-id.ts';
import { type TagsSummary, tagsSummary } from '../../model/tags-seen.ts';
import { clean } from '../../model/text.ts';
import type { HeaderRows } from '../components/Header.tsx';
import { clickable, shownWords } from '../draw/clicks.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { agoText, fitText, line, lineWidth, word } from '../draw/text.ts';
import { screens } from '../screens/index.ts';
import { overlayKind } from '../state/current.ts';
import { currentScreen } from '../state/current-screen.ts';
import { meansScreen } from '../state/keys/count.ts';
import { isProduction } from '../state/select.ts';
import { levelsOf } from '../state/stack.ts';
import type { State } from '../state/state.ts';
import { unscannedWords } from '../state/welcome.ts';
import { standingWords } from './standing-words.ts';

export function headerRows(state: State): HeaderRows {
  const { overlay, ascii, work, view } = state;
  const { width, header } = view.layout;
  const { crumb, dot } = glyphsFor(ascii);
  // While a question is open, work waits for its answer and there is no spinner.
  const working = work !== null && overlay?.kind !== 'ask' && overlay?.kind !== 'guide';
  const short = line(word(ageWords(state, ''), 'dim'), ' ');
  const full = line(word(ageWords(state, dot), 'dim'), ' ');
  const whole = whereWords(state, crumb);
  const name = whereWords(state, crumb, true);
  const open = openWords(state, crumb);
  const told = open.length === 0 ? [whole] : [whole, name].map((words) => line(...words, ...open));
  // At least one cell is free between both.
  const fits = (words: Words, beside: number) => lineWidth(words) < width - beside;
  // What is open, and the workspace's name, have priority over the age of the service tags.
  const least = (open.length === 0 ? undefined : told.find((words) => fits(words, lineWidth(short)))) ?? name;
  const age = fits(least, lineWidth(full)) ? full : short;
  const room = working ? Math.min(44, Math.floor(width * 0.45)) : lineWidth(age);
  // Where it is too long, the workspace's name stays visible.
  const left = [...told, whole].find((words) => fits(words, room)) ?? name;
  return {
    where: shownWords(left, Math.max(0, width - room - 1), ascii),
    room,
    age: working ? null : age,
    rest: header > 2 ? [standingWords(state, dot, width), tabWords(state)] : [standingAndTab(state, width, dot)],
  };
}

/** Without a row of tabs, the screen's name is at the right. The status has priority; the body names the screen too. */
function standingAndTab(state: State, width: number, dot: string): Words {
  const words = standingWords(state, dot, width);
  const screen = tabWords(state, true);
  const room = lineWidth(words) + lineWidth(screen) <= width ? lineWidth(screen) : 0;
  return room === 0 ? words : [...shownWords(words, width - room, state.ascii), ...screen];
}

/**
 * The screens with their numbers, the current one in brackets; the one of a typed digit is highlighted. Where there is no room, they
 * stand closer, and then the longest titles are cut.
 */
function tabWords(state: State, onlyThis = false): Words {
  const pending = meansScreen(state) ? Number(state.count) - 1 : -1;
  const { more } = glyphsFor(state.ascii);
  const room = state.view.layout.width - 2;
  const listed = screens.flatMap((screen, index) => ((screen.isListed?.(state) ?? true) ? [{ ...screen, index }] : []));
  const titles = listed.map(({ title }) => title.length);
  const cells = (most: number, apart: number) =>
    titles.reduce((sum, length) => sum + Math.min(length, most) + '1 '.length + apart, 0);
  let most = Math.max(...titles);
  const close = !onlyThis && cells(most, 2) > room;
  while (close && most > 3 && cells(most, 1) > room) most -= 1;
  const cut = (title: string) => (title.length <= most ? title : fitText(title, most, more));
  const tabs = listed.map(({ name, title, index }) => ({ name, text: `${index + 1} ${cut(title)}`, index }));
  return line(
    close ? '' : ' ',
    ...tabs
      .filter(({ name }) => !onlyThis || name === state.screen)
      .flatMap(({ name, text, index }) =>
        clickable(
          [
            name === state.screen
              ? word(`${close ? ' ' : ''}[${text}]`, 'focus')
              : word(` ${text}${close ? '' : ' '}`, index === pending ? 'accent' : 'dim'),
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

/** The screen and the overlays that are open on it; nothing where none has a name. */
function openWords(state: State, crumb: string): Words {
  const names = levelsOf(state).flatMap(({ overlay }) => {
    const name = overlay === null ? undefined : overlayKind(overlay).crumb?.(overlay);
    return name === undefined ? [] : [name];
  });
  if (names.length === 0) return [];
  return line(
    ...[currentScreen(state).title, ...names].flatMap((name) => [word(` ${crumb} `, 'dim'), word(name, 'dim')]),
  );
}

function badgeWords(state: State): Words {
  const readOnly = state.readOnly || state.source.kind === 'files';
  return line(
    ...(readOnly ? [word(' READ-ONLY ', 'badge'), word(' ')] : []),
    ...(isProduction(state) ? [word(' PRODUCTION ', 'badge'), word(' ')] : []),
  );
}

function ageWords(state: State, dot: string): string {
  if (state.snapshot === null) return unscannedWords(state);
  const minutes = Math.floor((state.now - Date.parse(state.snapshot.takenAt)) / 60_000);
  return `Scanned ${agoText(minutes)}${state.problem === null ? '' : ', last scan failed'}${state.rescan === null ? '' : `, rescan every ${intervalWords(state.rescan.every)}`}${dot === '' ? '' : tagsAge(tagsSummary(state.snapshot), dot)}`;
}

/** The age of the service tags; nothing where none were needed. */
function tagsAge({ source, ageDays }: TagsSummary, dot: string): string {
  if (source === 'none') return '';
  if (source === 'file') return ` ${dot} service tags from a file`;
  return ageDays === null || ageDays === 0
    ? ` ${dot} service tags current`
    : ` ${dot} service tags ${ageDays} ${ageDays === 1 ? 'day' : 'days'} old`;
}
