// Foreign text inside XML and HTML. Pure.
import { clean } from '../model/text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of XML 1.0 or HTML: escaped, on one line, without characters that XML does not allow. */
export const xmlText = (text: string): string =>
  clean(text, 20_000)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replace(/[&<>"']/g, (char) => entities[char] ?? char);
