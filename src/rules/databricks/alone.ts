// Databricks workspaces in files without a selected workspace of Azure Machine Learning: public addresses of nodes, and public access.

import type { Pointer } from '../../model/pointer.ts';
import { databricksType } from '../../resource-types/databricks-workspace.ts';
import { booleanAt, textAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { alone } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, pass } from '../parts/verdict.ts';

const noPublicIp: Pointer = '/properties/parameters/enableNoPublicIp/value';
const publicAccess: Pointer = '/properties/publicNetworkAccess';

export const databricksPublicEndpoint = defineRule({
  id: 'databricks.public-endpoint',
  title: 'Databricks workspace has no public endpoint',
  problem: 'Databricks workspace has a public endpoint',
  severity: 'medium',
  profiles: ['current'],
  about: databricksType,
  explain: {
    why: 'Nodes with public IP addresses and a workspace with public network access can be reached from the Internet. This rule applies to files without a selected workspace.',
    fix: 'None: deploy with enableNoPublicIp, create private endpoints, and set publicNetworkAccess to Disabled.',
    links: [links.databricksNetwork],
  },
  subjects: alone(databricksType),
  check(workspace) {
    const name = `Databricks workspace ${displayName(workspace.id)}`;
    const evidence = [
      evidenceAt(workspace, noPublicIp, 'nodes without public IP addresses'),
      evidenceAt(workspace, publicAccess, 'public network access'),
    ];
    const open = [
      ...(booleanAt(workspace.body, noPublicIp) === true ? [] : ['its nodes have public IP addresses']),
      ...(textAt(workspace.body, publicAccess)?.toLowerCase() === 'disabled' ? [] : ['public network access is on']),
    ];
    return open.length > 0
      ? fail(`${name} can be reached from the Internet: ${listed(open)}.`, evidence)
      : pass(`${name} has no public IP addresses and no public network access.`, evidence);
  },
});
