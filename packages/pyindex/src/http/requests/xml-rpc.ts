import { XMLParser } from 'fast-xml-parser';
import { HttpFailure } from '../http-failure.ts';

/** A value of XML-RPC, as far as a search needs it. */
export type XmlRpcValue = string | number | boolean | readonly XmlRpcValue[] | { readonly [key: string]: XmlRpcValue };

interface XmlNode {
  readonly [tag: string]: readonly XmlNode[] | string;
}

const mostDepth = 20;
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // The five entities of XML are read here; a document may define none of its own.
  processEntities: false,
});

/** A call: the method's name and its parameters. 400 for what is no call. */
export function readXmlRpcCall(body: Buffer): { readonly method: string; readonly parameters: readonly XmlRpcValue[] } {
  const text = body.toString('utf8');
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new HttpFailure(400, 'Bad request: no document type is allowed');
  let nodes: readonly XmlNode[];
  try {
    nodes = parser.parse(text) as readonly XmlNode[];
  } catch {
    throw new HttpFailure(400, 'Bad request: could not decode xml');
  }
  const call = findChild(nodes, 'methodCall');
  const method = call === undefined ? undefined : readText(findChild(call, 'methodName') ?? []).trim();
  if (call === undefined || method === undefined || method === '') throw new HttpFailure(400, 'Bad request: no call');
  const parameters = listChildren(findChild(call, 'params') ?? [], 'param').map((parameter) =>
    readValue(findChild(parameter, 'value') ?? [], 0),
  );
  return { method, parameters };
}

function readValue(nodes: readonly XmlNode[], depth: number): XmlRpcValue {
  if (depth > mostDepth) throw new HttpFailure(400, 'Bad request: too deep');
  for (const node of nodes) {
    for (const [tag, content] of Object.entries(node)) {
      if (tag === '#text' || typeof content === 'string') continue;
      if (tag === 'array') {
        return listChildren(findChild(content, 'data') ?? [], 'value').map((value) => readValue(value, depth + 1));
      }
      if (tag === 'struct') {
        return Object.fromEntries(
          listChildren(content, 'member').map((member) => [
            readText(findChild(member, 'name') ?? []),
            readValue(findChild(member, 'value') ?? [], depth + 1),
          ]),
        );
      }
      const text = readText(content);
      if (tag === 'boolean') return text.trim() === '1';
      return ['int', 'i4', 'i8', 'double'].includes(tag) ? Number(text) : text;
    }
  }
  return readText(nodes);
}

function findChild(nodes: readonly XmlNode[], tag: string): readonly XmlNode[] | undefined {
  return listChildren(nodes, tag)[0];
}

function listChildren(nodes: readonly XmlNode[], tag: string): (readonly XmlNode[])[] {
  return nodes.flatMap((node) => {
    const content = Object.hasOwn(node, tag) ? node[tag] : undefined;
    return content === undefined || typeof content === 'string' ? [] : [content];
  });
}

function readText(nodes: readonly XmlNode[]): string {
  const text = nodes.map((node) => (typeof node['#text'] === 'string' ? node['#text'] : '')).join('');
  return text.replaceAll(/&(lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return named[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** An answer with one value. */
export function writeXmlRpcAnswer(value: XmlRpcValue): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value>${writeValue(value)}</value>\n</param>\n</params>\n</methodResponse>\n`;
}

/** An answer that says what is wrong. */
export function writeXmlRpcFault(code: number, message: string): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<fault><value>${writeValue({ faultCode: code, faultString: message })}</value></fault>\n</methodResponse>\n`;
}

function writeValue(value: XmlRpcValue): string {
  if (typeof value === 'string') return `<string>${escapeXml(value)}</string>`;
  if (typeof value === 'number') return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`;
  if (Array.isArray(value)) {
    const items = (value as readonly XmlRpcValue[]).map((item) => `<value>${writeValue(item)}</value>`);
    return `<array><data>${items.join('')}</data></array>`;
  }
  const members = Object.entries(value).map(
    ([name, each]) =>
      `<member><name>${escapeXml(name)}</name><value>${writeValue(each as XmlRpcValue)}</value></member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

/** Characters that XML cannot have become `?`. */
function escapeXml(text: string): string {
  return text
    .replaceAll(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '?',
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
