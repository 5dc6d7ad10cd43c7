import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configCodes } from '../packages/cli/src/config/config-codes.ts';
import { configKeys } from '../packages/cli/src/config/config-keys.ts';
import { makeConfigSchema } from '../packages/cli/src/config/config-schema.ts';
import { describeCommands } from '../packages/cli/src/describe-commands.ts';
import { diagnosticTable } from '../packages/devfile/src/index.ts';
import { convertCodes, targets } from '../packages/environment/src/export/index.ts';
import { composeCodes } from '../packages/environment/src/from-compose/index.ts';
import { devcontainerCodes } from '../packages/environment/src/from-devcontainer/index.ts';
import { environmentCodes } from '../packages/environment/src/index.ts';
import { errorTable } from '../packages/kit/src/index.ts';
import { registryCodes } from '../packages/registry/src/codes.ts';
import { differences } from '../packages/runtime/src/container/engine/capabilities.ts';
import { dockerfileCodes } from '../packages/runtime/src/dockerfile/codes.ts';
import { recipeCodes } from '../packages/runtime/src/images/recipe-codes.ts';
import { lackTexts } from '../packages/runtime/src/running/lacks.ts';
import { writeGeneratedFile } from './generated-files.mjs';
import { repositoryRoot } from './repository.mjs';

/** @typedef {import('../packages/kit/src/index.ts').CodeText} CodeText */

const folder = join(repositoryRoot, 'docs/reference');
const notice =
  '<!-- Written by scripts/generate-reference.mjs; change the sources it reads, then run "npm run generate". -->';

/** @typedef {{ version?: string, lacks: string[] }} RuntimeFacts */
/** @type {{ runtimes: Partial<Record<'sandbox' | 'docker' | 'podman', RuntimeFacts>>, groups: Record<string, Record<string, string[]>> }} */
const contract = JSON.parse(
  readFileSync(join(repositoryRoot, 'packages/testing/contract-results.generated.json'), 'utf8'),
);

if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
writePage('commands', 'Commands', await renderCommands());
writePage('errors', 'Error codes', renderErrors());
writePage('diagnostics', 'Diagnostic codes', renderDiagnostics());
writePage('conversions', 'Formats of devstead convert', renderTargets());
writePage('configuration', 'Configuration', renderConfiguration());
writePage('engines', 'Container engines', renderEngines());
writeGeneratedFile(
  join(repositoryRoot, 'packages/cli/schemas/config.schema.json'),
  `${JSON.stringify(makeConfigSchema(), null, 2)}\n`,
);

/**
 * @param {string} name
 * @param {string} title
 * @param {string} text
 */
function writePage(name, title, text) {
  writeGeneratedFile(join(folder, `${name}.md`), `# ${title}\n\n${notice}\n\n${text.trim()}\n`);
}

async function renderCommands() {
  const commands = await describeCommands();
  const intro =
    'Results go to stdout, progress and problems to stderr. Where a command has `--output json`, the schema of its output is in\n' +
    '`packages/cli/schemas/`. Exit codes: 0 done, 1 judged bad, 2 wrong usage or unreadable input, 3 something was not looked at,\n' +
    '4 the machine lacks something, 130 interrupted; `run` and `exec` return the command’s own, 125 for a failure of devstead itself.';
  const sections = commands.map(({ name, help }) => `## devstead ${name}\n\n\`\`\`text\n${help}\n\`\`\``);
  return [intro, ...sections].join('\n\n');
}

function renderErrors() {
  const intro =
    'An error means that a command cannot go on. The exit code is that of every command but `run` and `exec`.';
  const rows = Object.entries(errorTable).map(
    ([code, text]) => `| \`${code}\` | ${text.exitCode} | ${describeCode(code, text)} |`,
  );
  return `${intro}\n\n| code | exit code | cause | what to do |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function renderDiagnostics() {
  const intro =
    'A diagnostic is one problem in something that was written, with its place. All of a file’s are shown together.';
  const tables = [
    { title: 'Devfiles', table: diagnosticTable },
    { title: 'The environment they describe', table: environmentCodes },
    { title: 'Compose projects', table: composeCodes },
    { title: 'Conversion', table: convertCodes },
    { title: 'Development containers', table: devcontainerCodes },
    { title: 'Configuration', table: configCodes },
    { title: 'Recipes of images', table: recipeCodes },
    { title: 'Stacks of a registry', table: registryCodes },
    { title: 'Dockerfiles', table: dockerfileCodes },
  ].map(({ title, table }) => {
    const rows = Object.entries(table).map(([code, text]) => `| \`${code}\` | ${describeCode(code, text)} |`);
    return `## ${title}\n\n| code | cause | what to do |\n| --- | --- | --- |\n${rows.join('\n')}`;
  });
  return [intro, ...tables].join('\n\n');
}

/**
 * Cause and cure as two cells. A code without either is a fault of its table.
 * @param {string} code
 * @param {CodeText} text
 */
function describeCode(code, { cause, cure }) {
  if (cause.trim() === '' || cure.trim() === '') {
    process.stderr.write(`${code} has no text on its cause or its cure\n`);
    process.exitCode = 1;
  }
  return [cause, cure].map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ');
}

function renderTargets() {
  const intro = `\`devstead convert --to NAME [FILE]\` writes the environment of a devfile, a compose project or a devcontainer.json in one of these formats. What a
format cannot hold is listed with its place (\`convert.*\` in [the diagnostics](diagnostics.md)), and in \`--output json\`.`;
  const rows = targets.map(({ name, aliases, summary, files, readBy }) => {
    const others = aliases.map((alias) => `\`${alias}\``).join(', ');
    return `| \`${name}\` | ${others} | ${summary} | ${files.map((file) => `\`${file}\``).join(', ')} | ${readBy} |`;
  });
  return `${intro}\n\n| name | also | what it is | files | read by |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

function renderConfiguration() {
  const intro = `Sources, later ones win: the defaults; \`config.yaml\` in \`$XDG_CONFIG_HOME/devstead/\` (\`~/.config/devstead/\`);
\`.devstead/config.yaml\` of the repository, in the nearest folder upwards that has one; variables; options of a command.
\`devstead config\` shows each value and where it was set. The JSON schema is \`packages/cli/schemas/config.schema.json\`.

A repository’s file comes with the code, from whoever wrote that. It may not say whom to trust: no certificate authorities and no
place that packages come from. It may rewrite images, because a row can only name a recipe that is on this machine already.`;
  const rows = configKeys.map(
    ({ path, variable, summary, fallbackText, isForRepositories }) =>
      `| \`${path}\` | \`${variable}\` | ${summary} | ${fallbackText} | ${isForRepositories ? 'yes' : 'no'} |`,
  );
  const table = `| key | variable | meaning | default | in a repository |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
  const example = `\`\`\`yaml
ca:
  bundle: /etc/ssl/company.pem
images:
  rewrite:
    registry.example.com/team/python: python
ports:
  first: 30001
up:
  timeout: 90s
\`\`\``;
  const rewrite =
    'In `DEVSTEAD_IMAGES_REWRITE` rows are joined by commas: `registry.example.com/team/python=python,quay.io/x/db=postgresql`.';
  const others = `## Other variables

| variable | meaning |
| --- | --- |
| \`DEVSTEAD_HOME\` | the state folder: images, workspaces, volumes. Default: \`devstead\` in the XDG data folder |
| \`DEVSTEAD_DEBUG\` | when set, errors are shown with a stack trace |
| \`NO_COLOR\` | when set, no colours |

Of pip’s own settings, from its files (\`pip.conf\`) and \`PIP_*\` variables, \`index-url\`, \`extra-index-url\`, \`trusted-host\` and
\`timeout\` are passed on to workspaces; proxies (\`HTTP_PROXY\` and the like) to workspaces and image builds.`;
  return [intro, table, example, rewrite, others].join('\n\n');
}

function renderEngines() {
  const { docker, podman, sandbox } = contract.runtimes;
  const versions = [docker?.version && `Docker ${docker.version}`, podman?.version && `Podman ${podman.version}`]
    .filter(Boolean)
    .join(', ');
  const intro = [
    'Workspaces are the same on the sandbox, Docker and Podman: one contract holds all three to the same words. Each line of the first',
    `table is a test; “yes” is where it passed when it was last run${versions === '' ? '' : ` (${versions})`}, a dash where it was not`,
    'run since it came or changed, or did not pass. The table is written from the reports',
    'of these runs by `node scripts/record-contract.mjs REPORT...` and `npm run generate`.',
  ].join('\n');
  const all = /** @type {const} */ (['sandbox', 'docker', 'podman']);
  const held = Object.entries(contract.groups).flatMap(([group, tests]) =>
    Object.entries(tests).map(
      ([name, passed]) =>
        `| ${group} | ${name} | ${all.map((one) => (passed.includes(one) ? 'yes' : '–')).join(' | ')} |`,
    ),
  );
  /** @param {RuntimeFacts | undefined} one @param {string} lack */
  const goesWithout = (one, lack) => (one === undefined ? '–' : one.lacks.includes(lack) ? 'so' : 'not so');
  const lacking = Object.entries(lackTexts).map(
    ([lack, text]) => `| ${text} | ${[sandbox, docker, podman].map((one) => goesWithout(one, lack)).join(' | ')} |`,
  );
  const different = differences.map(
    ({ what, handling, how }) =>
      `| ${what} | ${handling === 'same' ? 'the same on all' : `\`${handling}\``} | ${how} |`,
  );
  return [
    intro,
    ['| | what holds | sandbox | Docker | Podman |', '| --- | --- | --- | --- | --- |', ...held].join('\n'),
    '## What a runtime goes without',
    'As they said of themselves in these runs, where root ran them. `devstead doctor` says it of the engine of a machine.',
    ['| | sandbox | Docker | Podman |', '| --- | --- | --- | --- |', ...lacking].join('\n'),
    '## What engines do differently',
    'A word in the second column is a capability that the engine is asked for.',
    [
      '| what engines do differently | decided by | what holds for workspaces |',
      '| --- | --- | --- |',
      ...different,
    ].join('\n'),
  ].join('\n\n');
}
