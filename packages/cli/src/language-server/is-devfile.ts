const devfileName = /(^|[./_-])devfile\.(ya?ml|json)$/i;

/**
 * True for what is to be treated as a devfile: by its name, else by a `schemaVersion` of its own. Editors send every YAML
 * file to the servers that are set up for YAML.
 */
export function isDevfile(uri: string, text: string): boolean {
  if (devfileName.test(decodePath(uri))) return true;
  return /^(\{\s*)?["']?(schemaVersion["']?\s*:\s*["']?2\.\d|apiVersion["']?\s*:\s*["']?1\.0\.0\b)/m.test(
    text.slice(0, 4000),
  );
}

function decodePath(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
