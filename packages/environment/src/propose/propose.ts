import { recogniseDotnet } from './languages/dotnet.ts';
import { recogniseGo } from './languages/go.ts';
import { recogniseJava } from './languages/java.ts';
import { recogniseNode } from './languages/node.ts';
import { recognisePhp } from './languages/php.ts';
import { recognisePython } from './languages/python.ts';
import { recogniseRust } from './languages/rust.ts';
import { filesHere, findIn } from './look.ts';
import { serviceRows } from './services-table.ts';
import type { Folder, Proposal, ProposedService, Reason, Recognised } from './types.ts';

/** Of two that weigh the same, the first is the main one. */
const recognisers = [
  recognisePython,
  recogniseJava,
  recogniseGo,
  recogniseRust,
  recogniseDotnet,
  recognisePhp,
  recogniseNode,
] as const;

/** What a folder seems to be, and why; undefined where no language is recognised. */
export function propose(folder: Folder): Proposal | undefined {
  const found = recognisers.flatMap((recognise) => recognise(folder) ?? []);
  const [main, ...others] = found.toSorted((a, b) => b.weight - a.weight);
  if (main === undefined) return undefined;
  const reasons: Reason[] = [...main.reasons];
  const services = findServices(folder, main, reasons);
  const withPort = main.port === undefined ? addExposedPort(folder, main, reasons) : main;
  return {
    name: folder.name,
    main: withPort,
    others,
    services,
    choices: findChoices(folder, reasons),
    reasons: [...reasons, ...others.flatMap((other) => other.reasons)],
  };
}

/** Services by the client libraries of the language, and by the images of compose files: those are certain. */
function findServices(folder: Folder, { libraries }: Recognised, reasons: Reason[]): readonly ProposedService[] {
  const files = filesHere(folder).filter((file) => /^(docker-)?compose(\.[\w-]+)?\.ya?ml$/.test(file));
  return serviceRows.flatMap(({ libraries: words, images, service }): ProposedService[] => {
    for (const file of files) {
      for (const [index, line] of (folder.read(file) ?? '').split('\n').entries()) {
        const image = /^\s*-?\s*image:\s*["']?([^\s"'#]+)/.exec(line)?.[1];
        if (image === undefined || !images.test(image)) continue;
        reasons.push({ what: service.name, file, line: index + 1 });
        return [{ ...service, isCertain: true }];
      }
    }
    return words.test(libraries) ? [{ ...service, isCertain: false }] : [];
  });
}

/** The port that a Dockerfile exposes or a devcontainer.json forwards. */
function addExposedPort(folder: Folder, main: Recognised, reasons: Reason[]): Recognised {
  for (const [file, pattern] of [
    ['Dockerfile', /^EXPOSE\s+(\d{1,5})/im],
    ['Containerfile', /^EXPOSE\s+(\d{1,5})/im],
    ['.devcontainer/devcontainer.json', /"forwardPorts"\s*:\s*\[\s*(\d{1,5})/],
    ['.devcontainer.json', /"forwardPorts"\s*:\s*\[\s*(\d{1,5})/],
  ] as const) {
    const found = findIn(folder.read(file), pattern);
    if (found === undefined || Number(found.value) < 1 || Number(found.value) > 65_535) continue;
    reasons.push({ what: `port ${found.value}`, file, line: found.line });
    return { ...main, port: Number(found.value) };
  }
  return main;
}

/** What else the folder has that another command makes a devfile of, or that is another way to run it. */
function findChoices(folder: Folder, reasons: Reason[]): readonly string[] {
  const here = filesHere(folder);
  const choices: string[] = [];
  const compose = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'].find((name) =>
    here.includes(name),
  );
  if (compose !== undefined) {
    reasons.push({ what: 'a compose project', file: compose });
    choices.push(`All services of ${compose} as they are: devstead convert --to devfile ${compose}`);
  }
  const devcontainer = ['.devcontainer/devcontainer.json', '.devcontainer.json'].find((name) =>
    folder.files.includes(name),
  );
  if (devcontainer !== undefined) {
    reasons.push({ what: 'a development container', file: devcontainer });
    choices.push(`The development container as it is: devstead convert --to devfile ${devcontainer}`);
  }
  const dockerfile = ['Dockerfile', 'Containerfile'].find((name) => here.includes(name));
  if (dockerfile !== undefined) reasons.push({ what: 'an image of its own', file: dockerfile });
  const web = findIn(folder.read('Procfile'), /^web:\s*(.+)$/m);
  if (web !== undefined) {
    reasons.push({ what: 'how it is run', file: 'Procfile', line: web.line });
    choices.push(`As the Procfile runs it: ${web.value.trim().slice(0, 200)}`);
  }
  return choices;
}
