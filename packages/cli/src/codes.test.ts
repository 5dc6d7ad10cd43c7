import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { diagnosticTable } from '@devstead/devfile';
import { environmentCodes } from '@devstead/environment';
import { composeCodes } from '@devstead/environment/compose';
import { devcontainerCodes } from '@devstead/environment/devcontainer';
import { convertCodes } from '@devstead/environment/export';
import { type CodeText, errorTable } from '@devstead/kit';
import { registryCodes } from '@devstead/registry/codes';
import { dockerfileCodes } from '@devstead/runtime/builds';
import { recipeCodes } from '@devstead/runtime/images';
import { describe, expect, it } from 'vitest';
import { configCodes } from './config/config-codes.ts';

const tables: Readonly<Record<string, CodeText>> = {
  ...errorTable,
  ...diagnosticTable,
  ...environmentCodes,
  ...composeCodes,
  ...convertCodes,
  ...devcontainerCodes,
  ...configCodes,
  ...recipeCodes,
  ...registryCodes,
  ...dockerfileCodes,
};
const packages = fileURLToPath(new URL('../../', import.meta.url));

/** Dotted codes and error codes that our own sources name. */
function findUsedCodes(): string[] {
  const files = globSync('*/src/**/*.ts', { cwd: packages }).filter(
    (file) => !/\.test\.ts$|\.fixture\.ts$|generated|codes\.ts$/.test(file),
  );
  const texts = files.map((file) => readFileSync(`${packages}${file}`, 'utf8'));
  const dotted = texts.flatMap((text) => [
    ...text.matchAll(
      /(?:code: |report\(|makeDiagnostic\(|warn\(|error\(|note\(|fail\()'((?:devfile|environment|compose|config|convert|devcontainer|recipe|dockerfile)\.[a-z-]+)'/g,
    ),
  ]);
  const errors = texts.flatMap((text) => [...text.matchAll(/new AppError\(\s*'([A-Z_]+)'/g)]);
  return [...new Set([...dotted, ...errors].map(([, code = '']) => code))];
}

describe('every code', () => {
  it.each(Object.entries(tables))('%s says its cause and its cure in a sentence', (_code, { cause, cure }) => {
    for (const text of [cause, cure]) {
      expect(text.length).toBeGreaterThan(3);
      expect(text).toMatch(/[.!?)]$/);
    }
  });

  it('that is given somewhere is in a table', () => {
    const used = findUsedCodes();
    expect(used.length).toBeGreaterThan(40);
    expect(used.filter((code) => !Object.hasOwn(tables, code))).toEqual([]);
  });
});
