import { type ContainerComponent, type DocumentPath, parseQuantity, toThousandths, toUnits } from '@devstead/devfile';
import type { Resources } from '../types.ts';
import type { Reading } from './reading.ts';

/** Memory in whole bytes, processors in whole thousandths, both rounded up (devfile 2, 1.2). */
export function readResources(
  reading: Reading,
  container: ContainerComponent,
  path: string,
  at: DocumentPath,
): Resources {
  const read = (
    field: 'memoryLimit' | 'memoryRequest' | 'cpuLimit' | 'cpuRequest',
    key: keyof Resources,
    unit: QuantityUnit,
  ): Resources => {
    const written = { at: [...at, field], value: container[field] };
    const amount = readQuantity(reading, `${path}.resources.${key}`, written, unit);
    return amount === undefined ? {} : { [key]: amount };
  };
  return {
    ...read('memoryLimit', 'memoryLimitBytes', 'units'),
    ...read('memoryRequest', 'memoryRequestBytes', 'units'),
    ...read('cpuLimit', 'cpuLimitMillis', 'thousandths'),
    ...read('cpuRequest', 'cpuRequestMillis', 'thousandths'),
  };
}

type QuantityUnit = 'units' | 'thousandths';

/**
 * A whole amount, at most the largest that JSON holds exactly. Undefined for none: nothing written, or zero, which
 * sets no limit on Kubernetes either. What is no quantity, or negative, gives `environment.quantity`.
 */
export function readQuantity(
  reading: Reading,
  path: string,
  { at, value }: { readonly at: DocumentPath; readonly value: string | undefined },
  unit: QuantityUnit,
): number | undefined {
  if (value === undefined || value === '') return undefined;
  const quantity = parseQuantity(value);
  if (quantity === undefined || quantity < 0n) {
    reading.report({
      code: 'environment.quantity',
      severity: 'error',
      at,
      message: `"${value}" is no amount.`,
      hint: 'Write a number with a unit, such as 512Mi, 2Gi or 500m.',
    });
    return undefined;
  }
  if (quantity === 0n) return undefined;
  reading.record(path, reading.originsAt(at));
  return Math.min(unit === 'units' ? toUnits(quantity) : toThousandths(quantity), Number.MAX_SAFE_INTEGER);
}
