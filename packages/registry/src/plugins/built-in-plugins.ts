import type { Plugin } from './plugin.ts';
import { readPlugin } from './read-plugin.ts';

/** Devstead's own editor is the dashboard, outside the workspace: its record adds nothing to one. */
const texts = [
  `apiVersion: v2
publisher: devstead
name: web
version: latest
type: Che Editor
displayName: Devstead
title: The dashboard of Devstead as an editor
description: Terminals, files and tasks of a workspace in the browser, and editors that connect to it
category: Editor
spec: {}
`,
];

/** The editors and plugins that every registry of Devstead has. */
export const builtInPlugins: readonly Plugin[] = texts.flatMap(
  (text) => readPlugin(text, 'meta.yaml', () => undefined) ?? [],
);
