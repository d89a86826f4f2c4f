// What files hold beside a workspace: no check looks at it, and an audit that is silent about it would seem to approve of it. Pure.

import { checkedAlone } from '../facts/links.ts';
import type { Report } from '../model/finding.ts';
import { everyFinding } from '../model/large-report.ts';
import { fold, parentId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Resources of files that no finding is about, and none has evidence of, because a workspace is selected. */
export function outsideOf({ source, workspace, resources }: Snapshot, report: Report): readonly string[] {
  if (source.kind !== 'files' || workspace === null) return [];
  const left = new Map(resources.flatMap(({ id, type }) => (checkedAlone.has(fold(type)) ? [[fold(id), id]] : [])));
  if (left.size === 0) return [];
  for (const part of everyFinding(report).parts()) {
    for (const { resource, where, evidence } of part) {
      for (const named of [resource, ...(where === null ? [] : [where]), ...evidence.map((one) => one.resource)]) {
        // A rule of a group, a blob service of an account.
        for (let id: string | undefined = named; id !== undefined; id = parentId(id)) left.delete(fold(id));
      }
    }
  }
  return [...left.values()];
}
