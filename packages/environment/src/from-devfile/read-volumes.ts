import type { Volume } from '../types.ts';
import { readQuantity } from './read-resources.ts';
import { originOfRule, type Reading } from './reading.ts';
import { isStorageEphemeral, storageTypeAttribute } from './storage-type.ts';

/** The volume components. The storage type `ephemeral` makes every volume ephemeral, whatever it says itself. */
export function readVolumes(reading: Reading): readonly Volume[] {
  const isEverythingEphemeral = isStorageEphemeral(reading.devfile);
  return (reading.devfile.components ?? []).flatMap(({ name, volume }, index) => {
    if (volume === undefined) return [];
    const path = `volumes.${name}`;
    const at = ['components', index, 'volume'];
    reading.record(`${path}.name`, reading.originsAt(['components', index, 'name']));
    const sizeBytes = readQuantity(reading, `${path}.sizeBytes`, { at: [...at, 'size'], value: volume.size }, 'units');
    const isEphemeral = reading.take(
      `${path}.ephemeral`,
      { at: [...at, 'ephemeral'], value: volume.ephemeral },
      { value: false, rule: 'ephemeral is false unless said' },
    );
    if (isEverythingEphemeral) {
      reading.record(`${path}.ephemeral`, [
        originOfRule(`${storageTypeAttribute} ephemeral makes every volume ephemeral`),
        ...reading.originsAt(['attributes', storageTypeAttribute]),
      ]);
    }
    return [
      { name, ...(sizeBytes === undefined ? {} : { sizeBytes }), ephemeral: isEverythingEphemeral || isEphemeral },
    ];
  });
}
