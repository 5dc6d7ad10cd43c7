import { isValidName, normalizeName } from '../names/normalize-name.ts';
import { isDistributionFileName, parseDistributionName } from '../names/parse-distribution-name.ts';
import { isSameVersion, normalizeVersion } from '../names/version.ts';
import { Refusal } from '../refusal.ts';

/** What may be uploaded, by its names alone. Each a 400 in devpi, or what devpi takes by mistake. */
export function checkProjectName(name: string): void {
  if (!isValidName(name)) throw new Refusal('invalid', `${quote(name)} is not a valid project name`);
}

export function checkVersion(version: string): void {
  if (version === '') throw new Refusal('invalid', 'version field not found');
  if (normalizeVersion(version) === undefined) {
    throw new Refusal('invalid', `${quote(version)} is not a valid version (PEP 440)`);
  }
}

export function checkFilename(filename: string, name: string, version: string): void {
  if (!isDistributionFileName(filename)) throw new Refusal('invalid', `${quote(filename)} is not a valid archive name`);
  if (!normalizeName(filename).startsWith(normalizeName(name))) {
    throw new Refusal('invalid', `filename ${quote(filename)} does not match project name ${quote(name)}`);
  }
  const parsed = parseDistributionName(filename, name);
  if (parsed === undefined) {
    // Neither wheel nor source distribution by its whole name: `mis-1.0` uploaded as `mi`.
    const isVersionThere = filename.includes(version) || filename.includes(version.replaceAll(/[^\w.]+/g, '_'));
    if (!isVersionThere) throw lacksVersion(filename, version);
    throw new Refusal('invalid', `filename ${quote(filename)} does not match project name ${quote(name)}`);
  }
  if (!isSameVersion(parsed.version, version)) throw lacksVersion(filename, version);
}

function lacksVersion(filename: string, version: string): Refusal {
  return new Refusal('invalid', `filename ${quote(filename)} does not contain version ${quote(version)}`);
}

/** As Python writes a text, so that clients show the same. */
export function quote(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  const safe = short.replaceAll(/[\u0000-\u001f\u007f-\u009f\\]/g, (character) =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return safe.includes("'") && !safe.includes('"') ? `"${safe}"` : `'${safe.replaceAll("'", "\\'")}'`;
}
