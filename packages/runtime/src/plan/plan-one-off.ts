import type { ContainerSpec, OneOff } from './container-spec.ts';
import { addImage, addOwnNetwork, addStart, type ContainerInput } from './container-steps.ts';
import { keepAlive } from './keep-alive.ts';
import { StepList } from './step-list.ts';
import type { Plan } from './types.ts';

/**
 * A container beside those of a service, with nothing in it but what is started there, unless it stays. It is in the same
 * networks under its own name alone, so that nobody who asks for the service finds it, unless it is to have the service's
 * names too.
 */
export function makeOneOff(
  service: ContainerSpec,
  name: string,
  oneOff: OneOff,
  { keepsAliases = false }: { readonly keepsAliases?: boolean } = {},
): ContainerSpec {
  const { health: _health, hostname: _hostname, applied: _applied, networks, ...spec } = service;
  return {
    ...(oneOff.owner === undefined ? spec : keepAlive(spec, 'one command runs in it')),
    checks: [],
    name,
    mayEnd: false,
    restart: { policy: 'no' },
    oneOff,
    ...(networks === undefined
      ? {}
      : {
          networks: networks.map(({ network, subnet, aliases }) => ({
            network,
            aliases: keepsAliases ? aliases : [],
            ...(subnet === undefined ? {} : { subnet }),
          })),
        }),
  };
}

/** Starts a container beside those of a workspace that runs, once its image is there. */
export function planOneOff(input: ContainerInput, spec: ContainerSpec): Plan {
  const plan = new StepList();
  addImage(plan, input, spec.imageName);
  addOwnNetwork(plan, input, spec);
  addStart(plan, input, spec, []);
  return { title: `run ${spec.name}`, steps: plan.steps, notes: plan.notes };
}

/** Ends a container and removes it. */
export function planOneOffEnd(name: string): Plan {
  const stop = `container.stop ${name}`;
  const cause = 'its command has ended';
  return {
    title: `end ${name}`,
    steps: [
      { id: stop, kind: 'container.stop', container: name, cause, after: [] },
      { id: `container.remove ${name}`, kind: 'container.remove', container: name, cause, after: [stop] },
    ],
    notes: [],
  };
}
