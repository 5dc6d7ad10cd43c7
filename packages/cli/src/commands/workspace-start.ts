import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { readBundle } from '../fetch/devfile-fetcher.ts';
import { withoutSecrets } from '../fetch/fetch-address.ts';
import { fetchText } from '../fetch/fetch-text.ts';
import type { Io } from '../io.ts';
import { placeDevfile } from '../odo/place-devfile.ts';
import { tellMeaning } from '../odo/stands-for.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { up } from './up.ts';

interface StartOptions {
  readonly devfilePath?: string;
  readonly devfile?: string;
  readonly name?: string;
  readonly yes?: boolean;
  readonly allowPrivate?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead workspace:start`, chectl's and crwctl's: a workspace from a devfile here or at an address. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .option(
      '--devfile-path <file|url>',
      'the devfile: a path, or an https or file address; default: that of this folder',
    )
    .option('-f, --devfile <file|url>', 'the same')
    .option('--name <name>', 'the workspace’s name; default: the devfile’s')
    .option('--yes', 'run what a fetched devfile asks for without a question')
    .option('--allow-private', 'also fetch from addresses of private networks')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nchectl’s and crwctl’s verb. For a file it stands for `devstead up FILE`. A devfile at an address is fetched into a new\n' +
        'folder of its name (https, at most 512 KiB, 30 s, 5 redirects), and what it would run is shown and asked about.\n' +
        'Devfiles 1.0.0 are taken as they are.\n' +
        '\nExamples:\n  devstead workspace:start --devfile=devfile.yaml\n' +
        '  devstead workspace:start --devfile-path=https://git.example.com/team/shop/raw/main/devfile.yaml\n',
    )
    .action(async (options: StartOptions) => {
      const written = options.devfilePath ?? options.devfile ?? '.';
      const place = written.startsWith('file:///') ? fileURLToPath(written) : written;
      const common = {
        commands: true,
        output: options.output,
        ...(options.name === undefined ? {} : { name: options.name }),
      };
      if (!/^[a-z][a-z0-9+.-]*:/i.test(place)) {
        tellMeaning(io, 'workspace:start', `devstead up ${place}`);
        done(await up(io, place, common));
        return;
      }
      const { caBundle } = readSettings(io);
      const fetched = await fetchText(place, {
        signal: io.signal,
        allowsPrivate: options.allowPrivate === true,
        proxyEnv: io.env,
        ...(caBundle === undefined ? {} : { ca: readBundle(caBundle) }),
      });
      // In a folder of its own it means what it meant where it was.
      const { makeAbsoluteUris } = await import('@devstead/devfile');
      const text = await makeAbsoluteUris(fetched.text, fetched.location);
      const address = withoutSecrets(new URL(place));
      const { folder, approvedAs } = await placeDevfile(io, text, {
        address,
        isAnswered: options.yes === true,
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      tellMeaning(io, 'workspace:start', `fetch the devfile, then devstead up ${folder}`);
      done(await up(io, folder, { ...common, approvedAs }));
    });
}
