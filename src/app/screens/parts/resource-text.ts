// A resource as Azure returned it, in lines.
import type { Line } from '../../../command/definition.ts';
import { stringifyJson } from '../../../model/json.ts';
import { sameId } from '../../../model/resource-id.ts';
import { clean, cleanLines } from '../../../model/text.ts';
import { portalAddress } from '../../../resource-types/index.ts';
import { linkTo } from '../../draw/links.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';

export function jsonLines(id: string | null, state: State, width: number): Line[] {
  const resource = state.snapshot?.resources.find((one) => sameId(one.id, id));
  if (resource === undefined) {
    const gap = state.snapshot?.gaps.find((one) => sameId(one.id, id));
    return wrapText(gap ? `Not accessible: ${clean(gap.reason)}` : 'Select a resource to see its JSON.', width, 'dim');
  }
  return [
    line(linkTo(`${clean(resource.type)} ${resource.apiVersion}`, 'dim', portalAddress(state.source, resource.id))),
    ...cleanLines(stringifyJson(resource.body, 2), 400_000)
      .split('\n')
      .flatMap((text) => jsonLine(text, width)),
  ];
}

function jsonLine(text: string, width: number): Line[] {
  const [, space = '', name = '', rest = ''] = /^(\s*)("(?:[^"\\]|\\.)*"(?=:))?(.*)$/.exec(text) ?? [];
  return wrapLine(line(space, word(name, 'accent'), rest), width, Math.min(space.length + 2, Math.floor(width / 2)));
}
