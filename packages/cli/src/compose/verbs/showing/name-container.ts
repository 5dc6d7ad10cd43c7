/** A container's name as docker compose has it: `shop-web-1`, and `shop-web-2` of the second. */
export function nameContainer(project: string, name: string, isOneOff = false): string {
  return `${project}-${name}${/-\d+$/.test(name) || isOneOff ? '' : '-1'}`;
}
