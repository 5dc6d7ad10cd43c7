import type { Command } from 'commander';
import { defineConfig } from '../compose/config-command.ts';
import { defineImages } from '../compose/images/define-images.ts';
import { defineRun } from '../compose/one-off/define-run.ts';
import { addProjectOptions } from '../compose/project-options.ts';
import { defineDown } from '../compose/verbs/changing/define-down.ts';
import { defineKill } from '../compose/verbs/changing/define-kill.ts';
import { defineLifecycle } from '../compose/verbs/changing/define-lifecycle.ts';
import { definePause } from '../compose/verbs/changing/define-pause.ts';
import { defineRemove } from '../compose/verbs/changing/define-remove.ts';
import { defineScale } from '../compose/verbs/changing/define-scale.ts';
import { defineCreate, defineUp } from '../compose/verbs/changing/define-up.ts';
import { defineWait } from '../compose/verbs/changing/define-wait.ts';
import { defineExec } from '../compose/verbs/inside/define-exec.ts';
import { defineOthers } from '../compose/verbs/inside/define-passed-on.ts';
import { defineEvents } from '../compose/verbs/showing/define-events.ts';
import { defineLogs } from '../compose/verbs/showing/define-logs.ts';
import { defineLs, defineVersion } from '../compose/verbs/showing/define-ls.ts';
import { definePort } from '../compose/verbs/showing/define-port.ts';
import { definePs } from '../compose/verbs/showing/define-ps.ts';
import { defineStats } from '../compose/verbs/showing/define-stats.ts';
import { defineVolumes } from '../compose/verbs/showing/define-volumes.ts';
import { defineWatch } from '../compose/watch/define-watch.ts';
import type { Io } from '../io.ts';

/** `devstead compose`: docker compose's verbs, flags and exit codes. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  addProjectOptions(command)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nWhat docker compose’s verbs do, without docker: services run in the sandbox.\n' +
        '\nExamples:\n  devstead compose up -d\n  devstead compose ps\n  devstead compose logs -f backend\n' +
        '  devstead compose -f compose.yaml -p shop config --services\n  devstead compose down -v\n',
    );
  defineUp(command.command('up'), io, done);
  defineCreate(command.command('create'), io, done);
  defineDown(command.command('down'), io, done);
  defineWatch(command.command('watch'), io, done);
  definePs(command.command('ps'), io, done);
  defineLogs(command.command('logs'), io, done);
  defineExec(command.command('exec'), io, done);
  defineRun(command.command('run'), io, done);
  defineLifecycle(command, io, done);
  defineKill(command.command('kill'), io, done);
  defineRemove(command.command('rm'), io, done);
  defineScale(command.command('scale'), io, done);
  defineImages(command, io, done);
  defineVolumes(command.command('volumes'), io, done);
  definePort(command.command('port'), io, done);
  definePause(command, io, done);
  defineWait(command.command('wait'), io, done);
  defineEvents(command.command('events'), io, done);
  defineStats(command.command('stats'), io, done);
  defineOthers(command, io, done);
  defineConfig(command.command('config'), io, done);
  defineLs(command.command('ls'), io, done);
  defineVersion(command.command('version'), io, done);
}
