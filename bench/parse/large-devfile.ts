/** How much of each there is in a devfile. */
interface Counts {
  readonly containers: number;
  readonly volumes: number;
  readonly commands: number;
  readonly variables: number;
}

/** About 86 KB. */
export const largeCounts: Counts = { containers: 40, volumes: 40, commands: 320, variables: 100 };

/** The same mix, so many times as much. */
export function multiplyCounts(factor: number): Counts {
  const scale = (count: number): number => Math.max(1, Math.round(count * factor));
  return {
    containers: scale(largeCounts.containers),
    volumes: scale(largeCounts.volumes),
    commands: scale(largeCounts.commands),
    variables: scale(largeCounts.variables),
  };
}

/** A valid devfile as people write them, with as much in it as asked for. */
export function makeDevfile({ containers, volumes, commands, variables }: Counts): string {
  const lines = ['schemaVersion: 2.3.0', 'metadata:', '  name: large', '  version: 1.0.0', 'variables:'];
  for (let index = 0; index < variables; index += 1) lines.push(`  value-${index}: "1.${index}"`);
  lines.push('components:');
  for (let index = 0; index < containers; index += 1) {
    lines.push(
      `  - name: service-${index}`,
      '    container:',
      `      image: quay.io/example/service-${index}:{{value-${index % variables}}}`,
      '      memoryLimit: 1Gi',
      '      memoryRequest: 256Mi',
      "      cpuLimit: '2'",
      '      mountSources: true',
      '      env:',
      '        - name: LOG_LEVEL',
      '          value: debug',
      '        - name: RELEASE',
      `          value: "{{ value-${(index + 1) % variables} }}"`,
      '      volumeMounts:',
      `        - name: volume-${index % volumes}`,
      `          path: /var/lib/service-${index}`,
      '      endpoints:',
      `        - name: http-${index}`,
      // More containers than ports: the rest has none.
      ...(index < 50_000 ? [`          targetPort: ${10_000 + index}`] : ['          targetPort: 0']),
      '          exposure: public',
      '          protocol: https',
    );
  }
  for (let index = 0; index < volumes; index += 1) {
    lines.push(`  - name: volume-${index}`, '    volume:', `      size: ${(index % 9) + 1}Gi`);
  }
  lines.push('commands:');
  for (let index = 0; index < commands; index += 1) {
    lines.push(
      `  - id: command-${index}`,
      '    exec:',
      ...(index % 2 === 0 ? [`      label: Step ${index}`] : []),
      `      component: service-${index % containers}`,
      `      commandLine: 'pip install -r step-${index}.txt && python step.py {{value-${index % variables}}}'`,
      '      workingDir: ${PROJECT_SOURCE}',
      ...(index % 4 === 0 ? ['      group:', '        kind: build', `        isDefault: ${index === 0}`] : []),
    );
  }
  return `${lines.join('\n')}\n`;
}
