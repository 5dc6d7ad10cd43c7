import { preScan } from '../pre-scan.ts';
import { schemaVersions } from '../schema-version.ts';
import type { WordsVersion } from './schema/schema-node.ts';
import { TextLines } from './text-lines.ts';
import { findEntry, readText, type TreeNode } from './tree/node.ts';
import { parseTree } from './tree/parse-tree.ts';

/** One state of a devfile's text, read as far as it is written. Every question of an editor is asked about one of these. */
export interface LanguageDocument {
  /** Name for diagnostics; nothing is opened. */
  readonly file: string;
  readonly text: string;
  readonly lines: TextLines;
  /** Nothing for an empty text, and for one that is over the limits of `readDevfile`. */
  readonly tree?: TreeNode;
  /** The version named, else the newest: what is proposed and explained is that version's. */
  readonly version: WordsVersion;
  readonly isJson: boolean;
  /** It is one of 1.0.0, or of the drafts before that: `version` is 1.0.0. */
  readonly isDevfile1: boolean;
}

/** Reads a text. A change of the text is a new document. */
export function openDocument(text: string, file = 'devfile.yaml'): LanguageDocument {
  const tree = preScan(text, file) === undefined ? parseTree(text) : undefined;
  const isDevfile1 = isDevfile1Tree(tree);
  return {
    file,
    text,
    lines: new TextLines(text),
    ...(tree && { tree }),
    version: isDevfile1 ? '1.0.0' : findVersion(tree),
    isJson: /^\s*\{/.test(text),
    isDevfile1,
  };
}

function isDevfile1Tree(tree: TreeNode | undefined): boolean {
  const has = (key: string): boolean => findEntry(tree, key) !== undefined;
  return !has('schemaVersion') && !has('kind') && (has('apiVersion') || has('specVersion'));
}

const newest = schemaVersions.at(-1) ?? '2.3.0';

/** As far as what is written there now names one: `2.2` is nearer to 2.2.2 than to nothing. */
function findVersion(tree: TreeNode | undefined): WordsVersion {
  const written = readText(findEntry(tree, 'schemaVersion')?.value)?.split('-', 1)[0] ?? '';
  const exact = schemaVersions.find((version) => version === written);
  const nearest = /^2\.\d/.test(written)
    ? schemaVersions.findLast((version) => version.startsWith(written))
    : undefined;
  return exact ?? nearest ?? newest;
}
