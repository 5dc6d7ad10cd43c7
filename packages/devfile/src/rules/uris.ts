import { type Problem, type Rule, weighDeparture } from '../problem.ts';

/** Addresses of manifests: a URL or a relative path, percent signs only in escapes. */
export const checkUris: Rule = ({ components = [] }, profile) =>
  components.flatMap((component, index) =>
    (['kubernetes', 'openshift'] as const).flatMap((kind): Problem[] => {
      const uri = component[kind]?.uri;
      const fault = uri === undefined ? undefined : findUriFault(uri);
      if (fault === undefined) return [];
      return [
        {
          code: 'devfile.bad-uri',
          ...(fault.isPathLikeUrl ? weighDeparture(profile) : { severity: 'error' }),
          path: ['components', index, kind, 'uri'],
          message: `the uri ${fault.text}`,
        },
      ];
    }),
  );

interface UriFault {
  readonly text: string;
  /** A relative path that starts with "http" and is no URL: the reference refuses it, though it is a fine file name. */
  readonly isPathLikeUrl?: true;
}

/** What is wrong with an address, or nothing. */
export function findUriFault(uri: string): UriFault | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(uri)) return { text: 'has a percent sign that starts no escape' };
  if (/[\u0000-\u001f\u007f]/.test(uri)) return { text: 'has a control character' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri) && !URL.canParse(uri)) return { text: 'is no valid URL' };
  if (uri.startsWith('http') && !/^https?:/.test(uri)) {
    return { text: 'starts with "http" and is no URL', isPathLikeUrl: true };
  }
  return undefined;
}
