import { exitCode } from '@devstead/kit';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from '../io.ts';
import { describeService, toConfigMap } from './discovery.ts';
import { type AddressOptions, addAddressOptions, readAddress } from './read-address.ts';

interface DiscoveryOptions extends AddressOptions {
  readonly webUrl?: string;
  readonly namespace: string;
  readonly output: 'json' | 'configmap';
}

/** `devstead index discovery`: the record by which other services find the index. */
export function defineDiscovery(command: Command, io: Io, done: (exitCode: number) => void): void {
  addAddressOptions(command.description('Print the record by which other services find the index.'))
    .option('--web-url <address>', 'address of the pages for people; default: that of the server')
    .option('--namespace <name>', 'namespace of the ConfigMap', readNamespace, 'devpi')
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['json', 'configmap']).default('json'))
    .addHelpText(
      'after',
      '\nThe password is never in it: the record names the secret that holds it.\n' +
        '\nExamples:\n  devstead index discovery\n' +
        '  devstead index discovery --url https://devpi-api.example.com --web-url https://devpi.example.com --output configmap\n',
    )
    .action(async ({ webUrl, namespace, output, ...options }: DiscoveryOptions) => {
      const address = readAddress(io, options);
      const record = describeService(address, webUrl ?? address.url);
      io.stdout.write(
        output === 'json' ? `${JSON.stringify(record, null, 2)}\n` : await toConfigMap(record, namespace),
      );
      done(exitCode.done);
    });
}

/** A label of a name of Kubernetes (RFC 1123). */
function readNamespace(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens, at most 63.');
}
