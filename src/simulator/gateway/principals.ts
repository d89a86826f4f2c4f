// Principals of identities that were just made: Azure was recorded not to know them for a while (PrincipalNotFound), unless the
// assignment says of which type the principal is. How long is the clock's, as for an operation that nobody follows.
import { type ArmObject, at, isObject, text } from '../json.ts';
import { fold } from './address.ts';
import { ArmError } from './answer.ts';
import type { Job } from './job.ts';

const assignmentType = 'microsoft.authorization/roleassignments';
const placeOf = (principal: string): string => `/principals/${fold(principal)}`;

function principalsIn(body: ArmObject | undefined): string[] {
  const own = at(body, 'identity', 'userAssignedIdentities');
  const assigned = isObject(own) ? [...own.values()].map((identity) => text(identity, 'principalId')) : [];
  const named = [text(body, 'identity', 'principalId'), text(body, 'properties', 'principalId')];
  return [...named, ...assigned].flatMap((principal) => (principal === undefined ? [] : [principal]));
}

/** Of what a write makes, the principals that were not there before are not known yet. */
export function announcePrincipals(job: Job, before: ArmObject | undefined, next: ArmObject): void {
  const { machine, provider } = job;
  if (machine.wire !== 'azure' || machine.operations.instant || fold(provider.type) === assignmentType) return;
  const known = principalsIn(before);
  for (const principal of principalsIn(next).filter((one) => !known.includes(one))) {
    const place = placeOf(principal);
    const ends = { outcome: 'Succeeded', error: null, onSuccess: null, onFailure: null, finalStatus: 200 } as const;
    const wish = { ...ends, id: machine.newId(), verb: 'PUT', target: place, holds: place, result: null } as const;
    machine.operations.start(wish, machine.now(), { patient: false, retryAfter: null });
    machine.dirty = true;
  }
}

/** Throws where an assignment names a principal that is not known yet; each try brings it nearer. */
export function requirePrincipal(job: Job, body: ArmObject): void {
  const { machine, provider } = job;
  if (fold(provider.type) !== assignmentType || text(body, 'properties', 'principalType') !== undefined) return;
  const principal = text(body, 'properties', 'principalId');
  if (principal === undefined || !machine.operations.holding(placeOf(principal))) return;
  if (machine.operations.pollResource(placeOf(principal), machine.now())) machine.dirty = true;
  if (!machine.operations.holding(placeOf(principal))) return;
  throw new ArmError(
    400,
    'PrincipalNotFound',
    `Principal ${principal.replaceAll('-', '')} does not exist in the directory ${machine.identity.tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
  );
}
