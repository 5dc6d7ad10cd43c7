import { type Command, type Component, toDevfileName } from '@devstead/devfile';
import { toYaml } from '../export/text/write-document.ts';
import type { CommandKind, Proposal, ProposedCommand, ProposedService, Recognised } from './types.ts';

const container = 'dev';

/** A proposal as the text of a devfile: what is certain as it is, what is likely as comments beside it. */
export function writeProposal({ name, main, others, services, choices }: Proposal): string {
  const needed = services.filter(({ isCertain }) => isCertain);
  const possible = services.filter(({ isCertain }) => !isCertain);
  const head = {
    schemaVersion: '2.2.2',
    metadata: {
      name: toDevfileName(name),
      language: main.language,
      projectType: main.framework ?? main.language,
    },
  };
  const commands = main.commands.map(makeCommand);
  const begins = main.commands.filter(({ kind }) => kind === 'install').map(({ id }) => id);
  return [
    comment([
      `${main.framework ?? main.language}${main.version === undefined ? '' : `, ${main.language} ${main.version}`}. devstead up starts it, devstead run runs its program.`,
      ...others.map(
        (other) =>
          `Also recognised: ${other.framework ?? other.language}. For it, a container of its own: image ${other.image}`,
      ),
      ...choices,
    ]),
    toYaml(head),
    toYaml({ components: [makeMain(main)] }),
    main.otherImages.length === 0
      ? ''
      : comment(
          main.otherImages.map((image) => `Another image that fits: ${image}`),
          2,
        ),
    writeList(main.caches.map((cache): Component => ({ name: cache.name, volume: {} }))),
    writeList(needed.flatMap(makeService)),
    possible.length === 0
      ? ''
      : `${comment(['A library of the project speaks to these; take the # away from what it needs.'], 2)}${comment(writeList(possible.flatMap(makeService)).trimEnd().split('\n'), 0)}`,
    commands.length === 0 ? '' : toYaml({ commands }),
    begins.length === 0 ? '' : toYaml({ events: { postStart: begins } }),
  ].join('');
}

/** Lines as comments; what they hold cannot end one. */
function comment(lines: readonly string[], indent = 0): string {
  const pad = ' '.repeat(indent);
  return lines.map((line) => `${pad}# ${line.replace(/[^\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/g, '?')}\n`).join('');
}

/** Further items of `components`. */
function writeList(components: readonly Component[]): string {
  if (components.length === 0) return '';
  return toYaml({ components }).split('\n').slice(1).join('\n');
}

function makeMain({ image, memory, env, port, debugPort, caches }: Recognised): Component {
  const endpoints = [
    ...(port === undefined ? [] : [{ name: 'web', targetPort: port, exposure: 'public' } as const]),
    ...(debugPort === undefined
      ? []
      : [{ name: 'debug', targetPort: debugPort, exposure: 'none', protocol: 'tcp' } as const]),
  ];
  return {
    name: container,
    container: {
      image,
      // Nothing of the image is started: the commands run in it.
      args: ['tail', '-f', '/dev/null'],
      memoryLimit: memory,
      mountSources: true,
      ...(env.length === 0 ? {} : { env }),
      ...(caches.length === 0 ? {} : { volumeMounts: caches.map((cache) => ({ name: cache.name, path: cache.path })) }),
      ...(endpoints.length === 0 ? {} : { endpoints }),
    },
  };
}

function makeService({ name, image, port, env, data }: ProposedService): Component[] {
  const volume = `${name}-data`;
  return [
    {
      name,
      container: {
        image,
        memoryLimit: '512Mi',
        mountSources: false,
        ...(env.length === 0 ? {} : { env }),
        ...(data === undefined ? {} : { volumeMounts: [{ name: volume, path: data }] }),
        endpoints: [{ name, targetPort: port, exposure: 'internal', protocol: 'tcp' }],
      },
    },
    ...(data === undefined ? [] : [{ name: volume, volume: {} }]),
  ];
}

const groups: Readonly<Partial<Record<CommandKind, 'build' | 'run' | 'test' | 'debug'>>> = {
  build: 'build',
  run: 'run',
  test: 'test',
  debug: 'debug',
};

function makeCommand({ id, kind, line, isReloading }: ProposedCommand): Command {
  const group = groups[kind];
  return {
    id,
    exec: {
      component: container,
      commandLine: line,
      workingDir: '${PROJECT_SOURCE}',
      ...(isReloading === true ? { hotReloadCapable: true } : {}),
      ...(group === undefined ? {} : { group: { kind: group, isDefault: true } }),
    },
  };
}
