// The beginning of a `path` command line from or to the selection.
import { quoteWord } from '../../command/parse-line.ts';
import { nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import { isSubnetId, sendsPackets, takesPackets } from '../../resource-types/index.ts';
import { selectedFinding, selectedResource } from './select.ts';
import type { State } from './state.ts';

/** The name where only one resource has it, else the id. */
function spoken(id: string, state: State): string {
  const name = isSubnetId(id) ? nameInParent(id) : nameOf(id);
  const all = state.snapshot?.resources ?? [];
  const same = all.filter(
    (one) => sameId(nameOf(one.id), nameOf(id)) && (sendsPackets(one.id) || takesPackets(one.id)),
  );
  return quoteWord(same.length > 1 && !name.includes('/') ? id : name);
}

/** The beginning of the line from or to the selection; complete for a finding about both ends; null for neither. */
export function pathLine(state: State): string | null {
  const { about } = state.view.selection;
  const finding = about === 'resource' ? undefined : selectedFinding(state);
  const ends = finding ? [finding.resource, finding.where ?? ''] : [selectedResource(state) ?? ''];
  const source = ends.find(sendsPackets);
  const destination = ends.find(takesPackets);
  if (source !== undefined && destination !== undefined) {
    return `path --source ${spoken(source, state)} --destination ${spoken(destination, state)}`;
  }
  if (source !== undefined) return `path --source ${spoken(source, state)} --destination `;
  return destination === undefined ? null : `path --destination ${spoken(destination, state)} --source `;
}
