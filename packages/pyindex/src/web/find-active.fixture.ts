import { Parser } from 'htmlparser2';

/** What in a page could run or load something: elements, attributes and addresses that no page of ours has. */
export function findActive(text: string): string[] {
  const found: string[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (/^(?:script|img|iframe|object|embed|svg|link|base|video|audio|template)$/.test(name)) found.push(name);
      for (const [key, value] of Object.entries(attributes)) {
        const isAddress = ['href', 'action', 'src', 'formaction', 'srcset'].includes(key);
        const isFine = isAddress ? /^(?:$|\/|#|https?:\/\/|mailto:)/i.test(value) : !/^(?:on|xlink)/.test(key);
        const isStyled = key === 'style' && !/^text-align:\w+$/.test(value);
        if (!isFine || isStyled) found.push(`${name} ${key}=${value}`);
      }
    },
  });
  parser.end(text);
  return found;
}
