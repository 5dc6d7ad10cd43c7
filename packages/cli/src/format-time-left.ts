const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

/** How long until a moment (ISO 8601): `expires in 2 d 23 h`, `expired`. */
export function formatTimeLeft(expiresAt: string, now: number): string {
  const left = Date.parse(expiresAt) - now;
  if (left <= 0) return 'expired';
  const index = units.findIndex(({ ms }) => left >= ms);
  const [unit, next] = index < 0 ? [] : units.slice(index, index + 2);
  if (unit === undefined) return 'expires in less than a minute';
  const rest = next === undefined ? 0 : Math.floor((left % unit.ms) / next.ms);
  const more = next === undefined || rest === 0 ? '' : ` ${rest} ${next.name}`;
  return `expires in ${Math.floor(left / unit.ms)} ${unit.name}${more}`;
}
