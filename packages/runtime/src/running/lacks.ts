/**
 * What a runtime cannot do on this machine, and what holds instead, for people. Whatever is not named here is the same
 * everywhere.
 */
export const lackTexts = {
  'own-root': 'the root of a container is root on the machine too, as container engines that root runs have it',
  'memory-limits': 'containers are not held to their memory limits',
  'processor-limits': 'containers are not held to their processor limits',
  'kept-addresses': 'a container with a network of its own may get another address with each start; its name stays',
  'volume-folders': 'a volume is mounted as a whole, no folder of it by itself',
  'call-filter': 'the engine’s own list of system calls holds instead of Devstead’s',
  'machine-files': 'sources and other files of this machine cannot be mounted: the engine is elsewhere',
} as const;

export type Lack = keyof typeof lackTexts;
