/** An editor or plugin as a plugin registry of the v3 form tells of it. */
export interface Plugin {
  /** `PUBLISHER/NAME/VERSION`. */
  readonly id: string;
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  /** `Che Editor`, `Che Plugin`, `Theia plugin` or `VS Code extension`. */
  readonly type: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly deprecate?: unknown;
  /** The text of its meta.yaml. */
  readonly text: string;
}
