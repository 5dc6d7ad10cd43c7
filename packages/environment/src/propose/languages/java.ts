import { filesHere, findIn, findVersion } from '../look.ts';
import type { Folder, ProposedCommand, Reason, Recognised } from '../types.ts';

const usualVersion = '21';

interface Tool {
  readonly name: 'Maven' | 'Gradle';
  readonly file: string;
  /** The wrapper of the project, else the tool of the image. */
  readonly program: string;
  readonly image: (version: string) => string;
  readonly cache: { readonly name: string; readonly path: string };
}

/** Java by its build: Maven or Gradle, with Quarkus or Spring Boot where the build names them. */
export function recogniseJava(folder: Folder): Recognised | undefined {
  const tool = findTool(filesHere(folder));
  if (tool === undefined) return undefined;
  const build = folder.read(tool.file) ?? '';
  const reasons: Reason[] = [{ what: `Java, built by ${tool.name}`, file: tool.file }];
  const framework = findFramework(build, tool, reasons);
  const version = findVersion(folder, listVersionPlaces(tool.file), 1);
  if (version !== undefined) reasons.push(version.reason);
  // 1.8 is Java 8.
  const chosen = version === undefined ? usualVersion : version.version === '1' ? '8' : version.version;
  return {
    language: 'Java',
    ...(framework === undefined ? {} : { framework }),
    weight: framework === undefined ? 3 : 4,
    version: chosen,
    image: tool.image(chosen),
    otherImages: [`docker.io/library/eclipse-temurin:${chosen}-jdk`],
    port: 8080,
    debugPort: 5005,
    caches: [tool.cache],
    env: [],
    commands: tool.name === 'Maven' ? makeMaven(tool.program, framework) : makeGradle(tool.program, framework),
    memory: '2Gi',
    libraries: build,
    reasons,
  };
}

function findTool(here: readonly string[]): Tool | undefined {
  if (here.includes('pom.xml')) {
    return {
      name: 'Maven',
      file: 'pom.xml',
      program: here.includes('mvnw') ? 'sh ./mvnw' : 'mvn',
      image: (version) => `docker.io/library/maven:3-eclipse-temurin-${version}`,
      cache: { name: 'm2', path: '/root/.m2' },
    };
  }
  const file = ['build.gradle.kts', 'build.gradle'].find((name) => here.includes(name));
  if (file === undefined) return undefined;
  return {
    name: 'Gradle',
    file,
    program: here.includes('gradlew') ? 'sh ./gradlew' : 'gradle',
    image: (version) => `docker.io/library/gradle:8-jdk${version}`,
    cache: { name: 'gradle', path: '/root/.gradle' },
  };
}

function findFramework(build: string, { file }: Tool, reasons: Reason[]): 'Quarkus' | 'Spring Boot' | undefined {
  for (const [name, pattern] of [
    ['Quarkus', /io\.quarkus/],
    ['Spring Boot', /org\.springframework\.boot/],
  ] as const) {
    const found = findIn(build, pattern);
    if (found === undefined) continue;
    reasons.push({ what: name, file, line: found.line });
    return name;
  }
  return undefined;
}

function listVersionPlaces(file: string): readonly (readonly [string, RegExp])[] {
  return [
    ['.java-version', /^(\d+)/m],
    [file, /<(?:maven\.compiler\.release|java\.version|maven\.compiler\.source|release)>\s*(\d[\d.]*)\s*</],
    [file, /(?:JavaLanguageVersion\.of\(|JavaVersion\.VERSION_|sourceCompatibility\s*=\s*['"]?)(\d+)/],
  ];
}

function makeMaven(mvn: string, framework: string | undefined): ProposedCommand[] {
  const run =
    framework === 'Quarkus'
      ? `${mvn} quarkus:dev -Dquarkus.http.host=0.0.0.0 -DdebugHost=0.0.0.0`
      : framework === 'Spring Boot'
        ? `${mvn} spring-boot:run`
        : `${mvn} compile exec:java`;
  const debug =
    framework === 'Spring Boot'
      ? [
          {
            id: 'debug',
            kind: 'debug',
            line: `${mvn} spring-boot:run -Dspring-boot.run.jvmArguments=-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005`,
          } as const,
        ]
      : [];
  return [
    { id: 'build', kind: 'build', line: `${mvn} package -DskipTests` },
    { id: 'run', kind: 'run', line: run, isReloading: framework === 'Quarkus' },
    { id: 'test', kind: 'test', line: `${mvn} test` },
    ...debug,
  ];
}

function makeGradle(gradle: string, framework: string | undefined): ProposedCommand[] {
  const run =
    framework === 'Quarkus'
      ? `${gradle} quarkusDev -Dquarkus.http.host=0.0.0.0`
      : framework === 'Spring Boot'
        ? `${gradle} bootRun`
        : `${gradle} run`;
  const debug = framework === 'Quarkus' ? [] : [{ id: 'debug', kind: 'debug', line: `${run} --debug-jvm` } as const];
  return [
    { id: 'build', kind: 'build', line: `${gradle} assemble` },
    { id: 'run', kind: 'run', line: run, isReloading: framework === 'Quarkus' },
    { id: 'test', kind: 'test', line: `${gradle} test` },
    ...debug,
  ];
}
