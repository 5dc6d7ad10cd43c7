import { exitCode } from '@devstead/kit';
import { listVolumes } from '@devstead/runtime/volumes';
import { type Command, Option } from 'commander';
import { formatBytes } from '../../../format-amount.ts';
import type { Io } from '../../../io.ts';
import { renderTable } from '../../../render-table.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface VolumesOptions extends ProjectOptions {
  readonly quiet?: boolean;
  readonly format: 'table' | 'json';
}

/** `devstead compose volumes`: the volumes that services have. */
export function defineVolumes(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('List the volumes of the project.')
    .argument('[services...]', 'only those that these have')
    .option('-q, --quiet', 'print names only')
    .addOption(new Option('--format <format>', 'format of the output').choices(['table', 'json']).default('table'))
    .addHelpText('after', '\nExamples:\n  devstead compose volumes\n  devstead compose volumes -q db\n')
    .action(async (services: readonly string[], _options: unknown, called: Command) => {
      const { quiet, format, ...options } = called.optsWithGlobals<VolumesOptions>();
      const { environment, workspace, runtime } = await openProject(io, options);
      listServiceContainers(environment, services);
      const named = environment.containers.filter(({ name }) => services.length === 0 || services.includes(name));
      const wanted = new Set(named.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)));
      const rows = (await listVolumes(workspace, runtime))
        .filter(({ name }) => wanted.has(name))
        .map(({ name, sizeBytes = 0 }) => ({
          Driver: 'local',
          Name: `${environment.name}_${name}`,
          Size: formatBytes(sizeBytes),
        }));
      if (quiet === true) io.stdout.write(rows.map(({ Name }) => `${Name}\n`).join(''));
      else if (format === 'json') io.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      else {
        const lines = rows.map(({ Driver, Name, Size }) => [Driver, Name, Size]);
        io.stdout.write(renderTable([['DRIVER', 'VOLUME NAME', 'SIZE'], ...lines], { hasColour: false, indent: '' }));
      }
      done(exitCode.done);
    });
}
