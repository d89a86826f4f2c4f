// Builds request URLs out of ids and paths that may come from foreign bodies. Pure.
import { withoutEnd } from '../model/text.ts';

/** An ARM URL, or undefined when the path could lead elsewhere than it says. */
export function urlOf(
  endpoint: string,
  path: string,
  apiVersion: string,
  query: Readonly<Record<string, string>> = {},
): string | undefined {
  const parts = path.split('/');
  if (!path.startsWith('/') || parts.slice(1).some((part) => part === '' || part === '.' || part === '..')) {
    return undefined;
  }
  const encoded = parts.map((part) => encodeURIComponent(part)).join('/');
  const search = new URLSearchParams({ 'api-version': apiVersion, ...query });
  return `${withoutEnd(endpoint, '/')}${encoded}?${search}`;
}

/** A link that Azure gave, absolute; undefined when it leaves the endpoint's origin. */
export function ownLink(endpoint: string, link: string, apiVersion?: string): string | undefined {
  const { origin } = new URL(endpoint);
  if (!URL.canParse(link, origin)) return undefined;
  const url = new URL(link, origin);
  if (url.origin !== origin) return undefined;
  if (apiVersion !== undefined && !url.searchParams.has('api-version')) {
    url.searchParams.set('api-version', apiVersion);
  }
  return url.href;
}
