// Reads who a token speaks for. It verifies nothing: only Azure can, and does.
import { isObject, type JsonObject, parseJson } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { Identity } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';

export function identityIn(token: string, how: string): Identity {
  const claims = claimsOf(token);
  const text = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = claims && member(claims, name);
      if (typeof value === 'string' && value !== '') return clean(value, 200);
    }
    return undefined;
  };
  const tenant = text('tid');
  const objectId = text('oid');
  return {
    name: text('upn', 'unique_name', 'preferred_username', 'app_displayname', 'appid', 'oid') ?? 'unknown',
    how,
    ...(tenant === undefined ? {} : { tenant }),
    ...(objectId === undefined ? {} : { objectId }),
  };
}

function claimsOf(token: string): JsonObject | undefined {
  try {
    const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
