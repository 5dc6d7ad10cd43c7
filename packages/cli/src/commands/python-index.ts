import type { Command } from 'commander';
import { defineConfigure } from '../index-clients/configure-command.ts';
import { defineDiscovery } from '../index-clients/discovery-command.ts';
import type { Io } from '../io.ts';
import { defineExport } from '../python-index/export-command.ts';
import { defineInit } from '../python-index/init-command.ts';
import { definePasswd } from '../python-index/passwd-command.ts';
import { defineServe } from '../python-index/serve-command.ts';
import { defineStatus } from '../python-index/status-command.ts';
import { defineToken } from '../python-index/token-command.ts';

/** `devstead index`: the Python package index. What serves it is loaded only by the commands that need it. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  devstead index serve\n  devstead index serve --host 0.0.0.0 --outside-url https://index.example.com\n' +
      '  devstead index configure pip\n  devstead index discovery --output configmap\n',
  );
  defineServe(command.command('serve'), io, done);
  defineInit(command.command('init'), io, done);
  definePasswd(command.command('passwd'), io, done);
  defineToken(command.command('token'), io, done);
  defineStatus(command.command('status'), io, done);
  defineExport(command.command('export'), io, done);
  defineConfigure(command.command('configure'), io, done);
  defineDiscovery(command.command('discovery'), io, done);
}
