import { type Limits, limits as usualLimits } from './limits.ts';
import { createPositions } from './positions.ts';
import { checkSize, preScan } from './pre-scan.ts';
import type { YamlReading } from './read-yaml.ts';
import { readUsualYaml } from './usual-yaml/read-usual-yaml.ts';
import { readUsualSource } from './usual-yaml/usual-source.ts';

/**
 * Reads a YAML or JSON text of anybody: what devfiles usually are by the fast reader, places only when somebody asks for
 * them; everything else, and every mistake, by the YAML library, which is loaded then and not before. Both hold the
 * limits. Gives `devfile.yaml-*` and `devfile.too-*` diagnostics.
 */
export async function readText(text: string, file: string, limits: Limits = usualLimits): Promise<YamlReading> {
  const empty = createPositions({ text, file, readRoot: () => undefined });
  const tooLarge = checkSize(text, file, limits);
  if (tooLarge !== undefined) return { positions: empty, diagnostics: [tooLarge] };
  // Line breaks of Windows mean the same, and stand where no place is looked for.
  const plain = text.replaceAll('\r\n', '\n');
  const usual = readUsualYaml(plain, limits);
  if (usual !== undefined) {
    const positions = createPositions({ text: plain, file, readRoot: () => readUsualSource(plain, limits) });
    return { value: usual.value, positions, diagnostics: [] };
  }
  const excess = preScan(text, file, limits);
  if (excess !== undefined) return { positions: empty, diagnostics: [excess] };
  const { readYaml } = await import('./read-yaml.ts');
  return readYaml(text, file, limits);
}
