import { listContainerEndpoints } from '@devstead/environment/replicas';
import { AppError, exitCode } from '@devstead/kit';
import { type Command, Option } from 'commander';
import type { Io } from '../../io.ts';
import { listServiceContainers, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';

interface PortOptions extends ProjectOptions {
  readonly protocol: 'tcp' | 'udp';
  readonly index: string;
}

/** `devstead compose port`: where a port of a service is published. */
export function definePort(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Print the address at which a port of a service is published.')
    .argument('<service>')
    .argument('<port>', 'port in the container')
    .addOption(new Option('--protocol <protocol>', 'of the port').choices(['tcp', 'udp']).default('tcp'))
    .option('--index <number>', 'which container of the service', '1')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose port frontend 80\n  devstead compose port --protocol udp dns 53\n',
    )
    .action(async (service: string, port: string, _options: unknown, called: Command) => {
      const { protocol, index, ...options } = called.optsWithGlobals<PortOptions>();
      const { environment, runtime } = openProject(io, options);
      const wanted = listServiceContainers(environment, [service])[Number(index) - 1];
      if (wanted === undefined) throw new AppError('UNKNOWN_CONTAINER', `${service} has no container ${index}`);
      const container = environment.containers.find(({ name }) => name === service);
      const published = (await runtime.observe()).publishedPorts;
      const found = (container === undefined ? [] : listContainerEndpoints(container)).find(
        (one) =>
          one.container === wanted &&
          one.endpoint.port === Number(port) &&
          (one.written?.protocol ?? 'tcp') === protocol &&
          published[one.endpoint.name] !== undefined,
      );
      if (found === undefined)
        throw new AppError('WORKSPACE_NOT_RUNNING', `no port ${port}/${protocol} of ${service} is published`);
      io.stdout.write(`${found.written?.hostIp ?? '0.0.0.0'}:${published[found.endpoint.name]}\n`);
      done(exitCode.done);
    });
}
