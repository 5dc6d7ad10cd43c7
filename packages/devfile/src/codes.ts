import type { CodeText } from '@devstead/kit';

/** Every diagnostic this package gives, with cause and cure for the reference page. */
export const diagnosticTable = {
  'devfile.too-large': {
    cause: 'The file has more than 512 KiB, or than the configuration allows.',
    cure: 'Move manifests and scripts into files of their own and name them by `uri`, or raise `devfiles.maxBytes`.',
  },
  'devfile.too-deep': {
    cause: 'Maps and lists lie more than 64 levels deep.',
    cure: 'Flatten the structure; no devfile field lies deeper than 12 levels.',
  },
  'devfile.too-many-keys': {
    cause: 'One map has more than 2,000 keys.',
    cure: 'Move the data out of the devfile.',
  },
  'devfile.too-many-aliases': {
    cause: 'The file has more than 1,000 YAML aliases.',
    cure: 'Write the values out, or use devfile variables.',
  },
  'devfile.too-many-values': {
    cause: 'With its aliases expanded the file has more than 100,000 values.',
    cure: 'Use fewer aliases of aliases.',
  },
  'devfile.yaml-syntax': {
    cause: 'The text is not valid YAML.',
    cure: 'Mend the line named; indentation is by spaces, never by tabs.',
  },
  'devfile.yaml-duplicate-key': {
    cause: 'A map has the same key twice; the last one counts.',
    cure: 'Remove one of the two.',
  },
  'devfile.yaml-boolean-key': {
    cause:
      'An unquoted key such as `y`, `n`, `on` or `off` is a boolean in YAML 1.1, so its name becomes `true` or `false`.',
    cure: 'Put the key in quotes.',
  },
  'devfile.yaml-multiple-documents': {
    cause: 'The file has several YAML documents; only the first is read.',
    cure: 'Remove everything from the second `---` on.',
  },
  'devfile.not-a-map': {
    cause: 'The document is a list or a single value.',
    cure: 'Start the file with `schemaVersion: 2.3.0`.',
  },
  'devfile.schema-version-missing': {
    cause: 'The file does not say which version of the format it uses.',
    cure: 'Add `schemaVersion: 2.3.0` as the first line.',
  },
  'devfile.schema-version-invalid': {
    cause: '`schemaVersion` is empty or not a text.',
    cure: 'Write a version such as `2.3.0`.',
  },
  'devfile.schema-version-unsupported': {
    cause: 'There is no schema of that version.',
    cure: 'Use 2.0.0, 2.1.0, 2.2.0, 2.2.1, 2.2.2 or 2.3.0.',
  },
  'devfile.schema-unknown-field': {
    cause: 'The schema version named has no such field at this place.',
    cure: 'Correct the spelling, move the field to where it belongs, or raise `schemaVersion`.',
  },
  'devfile.schema-missing-field': {
    cause: 'A field that must be there is not.',
    cure: 'Add it.',
  },
  'devfile.schema-wrong-type': {
    cause:
      'A value has another type than the format asks for. Unquoted `yes`, `on`, `5` and `1.0` are not texts in YAML 1.1.',
    cure: 'Put texts in quotes; take quotes away from numbers and booleans; remove fields left empty.',
  },
  'devfile.schema-bad-value': {
    cause: 'A value is too long, is none of the values allowed, or does not have the form asked for.',
    cure: 'Use a value of the form the message names.',
  },
  'devfile.schema-one-of': {
    cause: 'Exactly one of several fields must be there, and none or more than one is.',
    cure: 'Keep one of the fields named.',
  },
  'devfile.import-unread': {
    cause:
      'A parent or plugin was not looked at: it lies in a cluster, or is named by its id alone and no registry is configured. What it brings is not known, so nothing that depends on it was judged.',
    cure: 'Name it by `uri`, give it a `registryUrl`, or set `devfiles.registries` in the configuration.',
  },
  'devfile.import-unreachable': {
    cause: 'A parent, plugin or manifest that the devfile names could not be read.',
    cure: 'Correct its address, or see why it is not there.',
  },
  'devfile.import-refused': {
    cause:
      'The address of a parent, plugin or manifest is not asked: it is neither https nor http to this machine, or it leads into a private network.',
    cure: 'Use an https address; if you trust the host, add it to `devfiles.hosts` in the configuration.',
  },
  'devfile.import-unreadable': {
    cause:
      'The address of a parent or plugin answers with something else than a devfile, often a page that asks for a login.',
    cure: 'Name the address of the file itself.',
  },
  'devfile.import-cycle': {
    cause: 'Devfiles name each other as parents or plugins in a circle.',
    cure: 'Take one of them out of the circle.',
  },
  'devfile.import-too-deep': {
    cause: 'Parents and plugins of parents and plugins lie more than 8 levels deep.',
    cure: 'Join some of the levels.',
  },
  'devfile.import-too-many': {
    cause:
      'A devfile names, with all its parents and plugins, more than 64 files or more than 4 Mi characters of text.',
    cure: 'Use fewer plugins, or shorter ones.',
  },
  'devfile.import-newer': {
    cause: 'A parent or plugin has a newer schema version than the devfile that names it.',
    cure: 'Raise `schemaVersion` to that of the parent or plugin.',
  },
  'devfile.import-stale': {
    cause: 'A parent, plugin or manifest could not be asked for anew, and a copy kept from before is used.',
    cure: 'Nothing, if the copy will do; else see why the address cannot be reached.',
  },
  'devfile.manifest-unread': {
    cause:
      'Names of images are to be replaced in a manifest that is no YAML, or that is larger or deeper than a devfile may be.',
    cure: 'Mend the manifest, or name the images in it in full.',
  },
  'devfile.already-imported': {
    cause: 'The devfile defines an element, a variable or an attribute that its parent or a plugin already brings.',
    cure: 'Change the imported one under `parent` (or the `plugin`), or rename the own one.',
  },
  'devfile.override-unknown': {
    cause: 'A `parent` or `plugin` section changes something that the imported devfile does not have.',
    cure: 'Correct the name, or move a new element out of the section into the devfile itself.',
  },
  'devfile.undefined-variable': {
    cause: 'A text uses a variable that is defined nowhere; it stays as it is written.',
    cure: 'Define it under `variables`, or give it on the command line.',
  },
  'devfile.duplicate-component': {
    cause: 'Two components have the same name, or, in 1.0.0, the same alias.',
    cure: 'Rename one of them.',
  },
  'devfile.unknown-volume': {
    cause: 'A volume mount names no volume component.',
    cure: 'Add a component with that name and `volume: {}`, or correct the name.',
  },
  'devfile.unused-volume': {
    cause: 'No container mounts the volume.',
    cure: 'Mount it, or remove the component.',
  },
  'devfile.reserved-env': {
    cause: '`PROJECTS_ROOT` and `PROJECT_SOURCE` are set by the environment itself.',
    cure: 'Use another name; `sourceMapping` moves the sources.',
  },
  'devfile.bad-quantity': {
    cause: 'The amount is no Kubernetes quantity.',
    cure: 'Write memory and sizes like `512Mi` or `2Gi`, processors like `500m` or `2`.',
  },
  'devfile.request-above-limit': {
    cause: 'A container asks for more than its limit allows.',
    cure: 'Raise the limit or lower the request.',
  },
  'devfile.conflicting-annotation': {
    cause: 'Containers of the same pod give an annotation different values.',
    cure: 'Give it one value, or set `dedicatedPod: true` on one container.',
  },
  'devfile.duplicate-endpoint': {
    cause: 'Two endpoints have the same name; names are unique in the whole devfile, in 1.0.0 in the component.',
    cure: 'Rename one of them.',
  },
  'devfile.duplicate-port': {
    cause: 'Two containers listen on the same port, and containers share one network.',
    cure: 'Change one of the ports.',
  },
  'devfile.port-range': {
    cause: 'A port is not between 1 and 65535.',
    cure: 'Use a port in that range.',
  },
  'devfile.empty-image': {
    cause: 'A container has an empty image name.',
    cure: 'Name an image.',
  },
  'devfile.bad-uri': {
    cause: 'A `uri` is neither a URL nor a relative path.',
    cure: 'Escape special characters (`%20`), and write URLs in full (`https://...`).',
  },
  'devfile.duplicate-command': {
    cause: 'Two commands have the same id.',
    cure: 'Rename one of them.',
  },
  'devfile.unknown-component': {
    cause: 'A command names a component that does not exist.',
    cure: 'Correct the name, or add the component.',
  },
  'devfile.wrong-component': {
    cause: 'A command names a component of a kind it cannot run in or apply.',
    cure: 'An exec command needs a container; an apply command a container, image, kubernetes or openshift component.',
  },
  'devfile.unsupported-command': {
    cause: 'The command is of a kind only old editors knew (`vscodeTask`, `vscodeLaunch`).',
    cure: 'Make it an exec command.',
  },
  'devfile.empty-command-line': {
    cause: 'An exec command has nothing to run.',
    cure: 'Write a `commandLine`.',
  },
  'devfile.unknown-subcommand': {
    cause: 'A composite command names a command that does not exist.',
    cure: 'Correct the id, or add the command.',
  },
  'devfile.composite-cycle': {
    cause: 'A composite command contains itself, directly or through others.',
    cure: 'Take one of the commands out of the circle.',
  },
  'devfile.no-default-command': {
    cause: 'A group has several commands and none is the default.',
    cure: 'Set `isDefault: true` on one of them.',
  },
  'devfile.many-default-commands': {
    cause: 'A group has several default commands.',
    cure: 'Keep `isDefault: true` on one of them.',
  },
  'devfile.unknown-event-command': {
    cause: 'An event names a command that does not exist.',
    cure: 'Correct the id, or add the command.',
  },
  'devfile.wrong-event-command': {
    cause: 'An event names a command of a kind it cannot run.',
    cure: 'preStart and postStop take apply commands, postStart and preStop exec commands, or composites of them.',
  },
  'devfile.prestart-exec': {
    cause:
      'An exec command is bound to preStart. Devstead runs it before the main containers are ready; other tools refuse it.',
    cure: 'Bind it to postStart if the devfile is to work with other tools as well.',
  },
  'devfile.nested-event-command': {
    cause: 'An event names a composite of composites. Devstead runs it; other tools refuse it.',
    cure: 'List the inner commands in one composite if the devfile is to work with other tools as well.',
  },
  'devfile.missing-remote': {
    cause: 'A Git source has no remote.',
    cure: 'Add one: `remotes: { origin: https://... }`.',
  },
  'devfile.ambiguous-remote': {
    cause: 'A Git source has several remotes and does not say which one to check out.',
    cure: 'Add `checkoutFrom: { remote: NAME }`.',
  },
  'devfile.too-many-remotes': {
    cause: 'A starter project or an image may have one Git remote only.',
    cure: 'Keep one.',
  },
  'devfile.unknown-remote': {
    cause: '`checkoutFrom.remote` names none of the remotes.',
    cure: 'Correct the name, or add the remote.',
  },
  'devfile.duplicate-project': {
    cause: 'Two projects have the same name.',
    cure: 'Rename one of them.',
  },
  'devfile.duplicate-clone-path': {
    cause: 'Two projects would be cloned into the same folder.',
    cure: 'Give one of them another `clonePath`.',
  },
  'devfile.clone-path-escape': {
    cause: 'A `clonePath` is absolute or leads out of the projects folder.',
    cure: 'Use a path relative to the projects folder, without `..`.',
  },
  'devfile.old-words': {
    cause: 'A devfile 1.0.0 has a word of the drafts before it, such as `specVersion`, `tools` or `local`.',
    cure: 'Write the word of version 1.0.0 that the message names.',
  },
  'devfile.not-a-text': {
    cause:
      'A devfile 1.0.0 has a number or a boolean where a text is asked for; it is read as the text it is written as.',
    cure: 'Put it in quotes.',
  },
  'devfile.ambiguous-component': {
    cause: 'Two components of a devfile 1.0.0 are of the same type and made from the same thing, and have no alias.',
    cure: 'Give each an `alias` of its own.',
  },
  'devfile.secrets-without-alias': {
    cause: '`automountWorkspaceSecrets` stands in a component that has no alias.',
    cure: 'Give the component an `alias`.',
  },
  'devfile.multiple-editors': {
    cause: 'A devfile 1.0.0 has more than one component of type cheEditor.',
    cure: 'Keep one.',
  },
  'devfile.field-of-other-type': {
    cause: 'A component of a devfile 1.0.0 has a field that means something for components of another type only.',
    cure: 'Remove it, or correct the type.',
  },
  'devfile.duplicate-env': {
    cause: 'A component of a devfile 1.0.0 sets the same environment variable twice.',
    cure: 'Remove one of them.',
  },
  'devfile.command-actions': {
    cause: 'A command of a devfile 1.0.0 has no action, or more than one.',
    cure: 'Give each command exactly one action; make several commands of several actions.',
  },
  'devfile.bad-project-name': {
    cause: 'The name of a project has other characters than Latin letters, digits, `.`, `_` and `-`.',
    cure: 'Use those characters only.',
  },
  'devfile.many-revisions': {
    cause: 'A project of a devfile 1.0.0 has more than one of `commitId`, `tag` and `startPoint`, which say the same.',
    cure: 'Keep one.',
  },
  'devfile.bad-manifest': {
    cause:
      'The manifest of a component of a devfile 1.0.0 is no YAML, or has something in it that is no object of a cluster.',
    cure: 'Write a `List` of objects, or objects apart by `---`, each with a `kind` and `metadata`.',
  },
  'devfile.empty-selection': {
    cause: 'No object of the manifest has all the labels that the `selector` of its component names.',
    cure: 'Correct the labels, or remove the `selector` to take every object.',
  },
  'devfile.unknown-entrypoint': {
    cause: 'An entrypoint of a component of a devfile 1.0.0 is for no container of the manifest.',
    cure: 'Correct `parentName`, `containerName` or `parentSelector`; they name a top-level object and its containers.',
  },
  'devfile.unknown-plugin': {
    cause:
      'An editor or a plugin is named by its id, and no plugin registry that is known here has it. It is part of the model by its name, and no container of it runs.',
    cure: 'Nothing, if the environment works without it; else name its registry by `registryUrl`, or its definition by `reference`.',
  },
  'devfile.bad-plugin': {
    cause:
      'The definition of an editor or a plugin (`meta.yaml`) does not have the form that a plugin registry serves.',
    cure: 'Mend the definition, or name another version.',
  },
} as const satisfies Record<`devfile.${string}`, CodeText>;

/** The code of a diagnostic of this package. */
export type DiagnosticCode = keyof typeof diagnosticTable;
