import { listContainerEndpoints } from '@devstead/environment/replicas';
import { AppError, exitCode } from '@devstead/kit';
import { type Command, Option } from 'commander';
import type { Io } from '../../../io.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';

interface PortOptions extends ProjectOptions {
  readonly protocol: 'tcp' | 'udp';
  readonly index: string;
}

/** `devstead compose port`: where a port of a service is published. */
export function definePort(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Print the address at which a port of a service is published.')
    .argument('<service>')
    .argument('[port]', 'port in the container; default: all that are published')
    .addOption(new Option('--protocol <protocol>', 'of the port').choices(['tcp', 'udp']).default('tcp'))
    .option('--index <number>', 'which container of the service', '1')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose port frontend 80\n  devstead compose port --protocol udp dns 53\n',
    )
    .action(async (service: string, port: string | undefined, _options: unknown, called: Command) => {
      const { protocol, index, ...options } = called.optsWithGlobals<PortOptions>();
      const { environment, runtime } = await openProject(io, options);
      const wanted = listServiceContainers(environment, [service])[Number(index) - 1];
      if (wanted === undefined) throw new AppError('UNKNOWN_CONTAINER', `${service} has no container ${index}`);
      const container = environment.containers.find(({ name }) => name === service);
      const published = (await runtime.observe()).publishedPorts;
      const all = (container === undefined ? [] : listContainerEndpoints(container)).flatMap((one) => {
        const hostPort = published[one.endpoint.name];
        if (one.container !== wanted || hostPort === undefined) return [];
        const of = `${one.endpoint.port}/${one.written?.protocol ?? 'tcp'}`;
        return [{ of, address: `${one.written?.hostIp ?? '0.0.0.0'}:${hostPort}` }];
      });
      if (port === undefined) {
        io.stdout.write(all.map(({ of, address }) => `${of} -> ${address}\n`).join(''));
        return done(exitCode.done);
      }
      const found = all.find(({ of }) => of === `${port}/${protocol}`);
      if (found === undefined)
        throw new AppError('WORKSPACE_NOT_RUNNING', `no port ${port}/${protocol} of ${service} is published`);
      io.stdout.write(`${found.address}\n`);
      done(exitCode.done);
    });
}
