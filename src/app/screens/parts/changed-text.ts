// Who changed a resource since the scan before, or since the time that drift was last asked about, and when.
import type { Line } from '../../../command/definition.ts';
import type { DriftSetting } from '../../../model/drift.ts';
import { settingAuthorWords } from '../../../model/drift-words.ts';
import { nameInParent, sameId } from '../../../model/resource-id.ts';
import { clean, counted } from '../../../model/text.ts';
import { settingChangeWords } from '../../../plan/describe.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { line, word, wrapText } from '../../draw/text.ts';
import { shortIds } from '../../state/select.ts';
import type { State } from '../../state/state.ts';

/** So many settings are told; drift lists all. */
const mostSettings = 3;

/** A setting with its values, ids in it cut short. */
export const settingText = (setting: DriftSetting, more: string): string => shortIds(settingChangeWords(setting), more);

/** The changes of these resources, with the time and the author of each setting; nothing where none is known. */
export function changedLines(
  ids: readonly (string | null)[],
  { ascii, drift, snapshot }: State,
  width: number,
): Line[] {
  if (drift === null || !sameId(drift.workspace, snapshot?.workspace)) return [];
  const isMeant = (id: string): boolean => ids.some((one) => sameId(one, id));
  const settings = drift.changes.flatMap((change) =>
    change.settings.filter(({ resource }) => isMeant(resource) || isMeant(change.target)),
  );
  if (settings.length === 0) return [];
  const more = settings.length - mostSettings;
  return [
    [],
    line(word(`Changed since ${clean(drift.since.name, 60)}`, 'heading')),
    ...settings.slice(0, mostSettings).flatMap((setting) => {
      const name = isMeant(setting.resource) ? '' : `${clean(nameInParent(setting.resource), 120)} `;
      const role = setting.unknown === null ? 'accent' : 'unknown';
      return [
        ...wrapText(`${name}${settingText(setting, glyphsFor(ascii).more)}`, width, undefined, 2),
        ...wrapText(`  ${settingAuthorWords(setting)}`, width, role, 2),
      ];
    }),
    ...(more > 0 ? [line(word(`and ${counted(more, 'more setting')}; :drift lists them`, 'dim'))] : []),
  ];
}
