// storage.shared-key-access: datastores do not sign in with the key of an account that refuses keys.

import { auditedAccounts, datastoresOf } from '../../facts/accounts.ts';
import { defaultAccountId, workspaceInHand } from '../../facts/links.ts';
import { setMember } from '../../model/edit.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { isSystemDatastore } from '../../resource-types/datastore.ts';
import { booleanAt, enumAt } from '../../resource-types/read.ts';
import { authModePointer, authModes, datastoreView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { type ServiceFirewall, storageFirewalls } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, few, pass, quoted, unknown } from '../parts/verdict.ts';
import { isOdd, workspaceProposal } from '../parts/workspace.ts';
import type { CheckResult, RuleContext } from '../rule.ts';

const keyPointer = '/properties/allowSharedKeyAccess';

interface SignIn {
  readonly workspace: Resource | undefined;
  /** Of the system datastores, where this is the default account; undefined where it is another, or not shown. */
  readonly mode: string | undefined;
  readonly byKey: readonly Resource[];
  readonly byIdentity: readonly Resource[];
}

/** How the workspace and its datastores sign in to an account. */
function signInTo({ resource }: ServiceFirewall, { index }: RuleContext): SignIn {
  const here = workspaceInHand(index);
  const isDefault = sameId(defaultAccountId(index), resource.id);
  const datastores = auditedAccounts(index).find(({ id }) => sameId(id, resource.id))?.datastores ?? [];
  const kindOf = (one: Resource) => datastoreView(one).credentials;
  return {
    workspace: here?.workspace,
    mode: isDefault ? enumAt(here?.workspace.body, authModePointer, authModes) : undefined,
    byKey: datastores.filter((one) => ['AccountKey', 'Sas'].includes(kindOf(one) ?? '')),
    byIdentity: datastores.filter((one) => kindOf(one) === 'None'),
  };
}

function check(firewall: ServiceFirewall, context: RuleContext): CheckResult {
  const { resource, name } = firewall;
  const own = evidenceAt(resource, keyPointer, 'shared keys allowed');
  if (isOdd(resource, keyPointer, 'boolean'))
    return unknown(`allowSharedKeyAccess of ${name} has an unexpected value.`, [own]);
  if (booleanAt(resource.body, keyPointer) !== false)
    return pass(`The ${name} accepts shared keys: allowSharedKeyAccess is not false.`, [own]);
  const { workspace, mode, byKey, byIdentity } = signInTo(firewall, context);
  const evidence = [
    own,
    ...(workspace ? [evidenceAt(workspace, authModePointer, 'how system datastores sign in')] : []),
    ...[...byKey, ...byIdentity].map((one) =>
      evidenceAt(one, '/properties/credentials/credentialsType', 'credentials'),
    ),
  ];
  const refuses = `The ${name} refuses shared keys`;
  if (byKey.length > 0) {
    const names = few(byKey.map(({ id }) => displayName(id)));
    return fail(
      `${refuses}, and ${byKey.length === 1 ? 'this datastore uses' : 'these datastores use'} them: ${names}.`,
      evidence,
    );
  }
  if (mode === 'AccessKey')
    return fail(`${refuses}, and systemDatastoresAuthMode of the workspace is AccessKey.`, evidence);
  const { workspace: id } = context.index.snapshot;
  // A list that was not read may hold datastores with keys.
  if (id !== null) context.index.list(datastoresOf(id));
  if (mode === undefined && byIdentity.length === 0)
    return unknown(
      `${refuses}. How the datastores sign in is not known: systemDatastoresAuthMode is absent.`,
      evidence,
    );
  if (mode !== undefined && !authModes.some((one) => one === mode))
    return unknown(`${refuses}, and systemDatastoresAuthMode has an unexpected value: ${quoted(mode)}.`, evidence);
  return pass(`${refuses}; its datastores sign in with identities.`, evidence);
}

export const storageSharedKeyAccess = defineRule({
  id: 'storage.shared-key-access',
  title: 'Datastores use a sign-in that the account allows',
  problem: 'Datastore uses a key that the account refuses',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'An account with allowSharedKeyAccess false refuses account keys and SAS tokens signed with them. Datastores that use them fail for every job and in the studio.',
    fix: 'Sets systemDatastoresAuthMode of the workspace to Identity. Bastide never allows shared keys again; other datastores are changed by hand (az ml datastore update).',
    breaks:
      'Users then need the roles Storage Blob Data Contributor and Storage File Data Privileged Contributor on the account, and so do the identities of computes.',
    links: [links.localAuthStorage],
  },
  fixKind: 'guided',
  subjects: storageFirewalls,
  check,
  fix(firewall, context) {
    const { workspace, mode, byKey } = signInTo(firewall, context);
    const others = byKey.filter(({ id }) => !isSystemDatastore(id));
    if (others.length > 0)
      return `The credentials of ${few(others.map(({ id }) => displayName(id)))} are changed by hand: az ml datastore update, without an account key.`;
    if (!workspace || !sameId(defaultAccountId(context.index), firewall.resource.id))
      return `The ${firewall.name} is not the default account of the workspace.`;
    if (mode === 'Identity')
      return 'The system datastores sign in with identities already, but a datastore still has a key: create the datastore again.';
    return workspaceProposal(
      workspace,
      1,
      (body) => [setMember(body, authModePointer, 'Identity')],
      'Users and computes need data roles on the account: Storage Blob Data Contributor, Storage File Data Privileged Contributor.',
    );
  },
});
