import { expandVariables } from './expand-variables.ts';
import type { Report } from './report.ts';
import { readPairs } from './stage-variables.ts';
import type { Instruction } from './types.ts';

/** Names of variables that hold secrets. */
const secretName =
  /(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_|$)/i;
/** What says where a secret is, or how long it counts, is none. */
const harmlessName = /(?:_FILE|_PATH|_URL|_TTL|_NAME|_ID|_HEADER|_LENGTH|_EXPIRE\w*)$/i;

/** Forms of secrets that are known by themselves. */
const secretForms: readonly (readonly [RegExp, string])[] = [
  [/\bgh[pousr]_[A-Za-z0-9]{30,}/, 'a token of GitHub'],
  [/\bgithub_pat_[A-Za-z0-9_]{40,}/, 'a token of GitHub'],
  [/\bglpat-[\w-]{20,}/, 'a token of GitLab'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key of AWS'],
  [/\bxox[abpr]-[\w-]{20,}/, 'a token of Slack'],
  [/\bpypi-[\w-]{50,}/, 'a token of a package index'],
  [/\bnpm_[A-Za-z0-9]{30,}/, 'a token of npm'],
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'a private key'],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/"']+:[^\s:@/"'$]{6,}@/i, 'an address with a password'],
];

/** Files that hold secrets, by their path in the context. */
const secretFiles =
  /(?:^|\/)(?:\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$)[\w-]+)?|\.netrc|\.pypirc|\.npmrc|\.git-credentials|\.dockercfg|id_(?:rsa|dsa|ecdsa|ed25519)|\.aws\/credentials|\.docker\/config\.json|[\w.-]+\.(?:pem|key|p12|pfx))$/;
/** Certificates are no secrets, and what tests use is known. */
const harmlessFiles =
  /(?:^|\/)(?:ca|cacert|cert|certs|chain|fullchain|bundle)[\w.-]*\.pem$|(?:^|\/)(?:tests?|fixtures?|examples?)\//;

/** True for a file of a context that should be in no image. */
export function isSecretFile(path: string): boolean {
  return secretFiles.test(path) && !harmlessFiles.test(path);
}

const useMount = 'Use `RUN --mount=type=secret,id=NAME` with `--secret id=NAME,src=FILE`; no layer keeps it.';

/**
 * Says where a secret would stay in a layer or in the history (`dockerfile.secret-in-image`): what has the form of one, and
 * build arguments that were given for a name of one, are errors; a value in the Dockerfile that only has such a name is a
 * warning.
 */
export function findSecrets(instruction: Instruction, args: ReadonlyMap<string, string>, report: Report): void {
  const { keyword, body, words, heredocs } = instruction;
  const text = [body, ...heredocs.map(({ content }) => content)].join('\n');
  const form = secretForms.find(([pattern]) => pattern.test(text));
  if (form !== undefined) {
    report('dockerfile.secret-in-image', `${keyword} has ${form[1]} in it`, instruction, { hint: useMount });
    return;
  }
  if (keyword === 'ENV')
    for (const [name, value] of readPairs(instruction)) {
      if (isSecretName(name) && isLiteral(value))
        report('dockerfile.secret-in-image', `ENV ${name} stays in the image`, instruction, {
          severity: 'warning',
          hint: 'Give it when a container starts, as a secret or a variable.',
        });
    }
  if (keyword !== 'ARG') return;
  for (const word of words) {
    const [, name = '', value = ''] = /^["']?(\w+)["']?(?:=([^]*))?$/.exec(word.text) ?? [];
    if (!isSecretName(name)) continue;
    if ((args.get(name) ?? '') !== '')
      report('dockerfile.secret-in-image', `the build argument ${name} stays in the history`, word, { hint: useMount });
    else if (isLiteral(value))
      report('dockerfile.secret-in-image', `ARG ${name} stays in the history`, word, {
        severity: 'warning',
        hint: useMount,
      });
  }
}

function isSecretName(name: string): boolean {
  return secretName.test(name) && !harmlessName.test(name);
}

function isLiteral(value: string): boolean {
  const { text } = expandVariables(value, new Map());
  return !value.includes('$') && text !== '' && !/^(?:true|false|yes|no|\d{1,4}|change_?me|none|null)$/i.test(text);
}
