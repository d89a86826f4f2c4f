// The page of a resource in the Azure portal.
import type { Source } from '../../model/snapshot.ts';

const portals: Readonly<Record<string, string>> = {
  public: 'https://portal.azure.com',
  china: 'https://portal.azure.cn',
  usgov: 'https://portal.azure.us',
};

/** Null for what is no resource ID. Every character of the ID that means something in an address is escaped. */
export function portalUrl(id: string, source: Source, tenant: string | undefined): string | null {
  if (!/^\/subscriptions\/[^/]/i.test(id)) return null;
  const portal = (source.kind === 'azure' ? portals[source.name] : undefined) ?? portals.public;
  const path = id.split('/').map(encodeURIComponent).join('/');
  return `${portal}/#${tenant === undefined ? '' : `@${encodeURIComponent(tenant)}/`}resource${path}`;
}
