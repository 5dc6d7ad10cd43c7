/** A devfile with something of everything, for others to build on. */
export const parent = `schemaVersion: 2.2.2
metadata: {name: parent}
variables: {tag: "1", port: "80"}
attributes: {team: {name: core, size: 3}}
components:
- name: app
  attributes: {a: {p: 1, q: 2}, b: keep}
  container:
    image: "registry.example/app:{{tag}}"
    args: [a, b]
    env:
    - {name: A, value: one}
    - {name: B, value: two}
    annotation: {deployment: {k: v, l: w}}
- name: cache
  volume: {size: 1Gi}
- name: manifest
  kubernetes: {uri: deploy/app.yaml}
commands:
- id: build
  exec: {component: app, commandLine: make, group: {kind: build, isDefault: true}}
- id: test
  exec: {component: app, commandLine: make test}
- id: all
  composite: {commands: [build, test]}
projects:
- name: sources
  git: {remotes: {origin: "https://git.example/a.git", fork: "https://git.example/b.git"}, checkoutFrom: {remote: origin}}
events: {postStart: [test, build]}
`;
