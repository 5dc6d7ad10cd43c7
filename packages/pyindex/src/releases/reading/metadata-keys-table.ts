/** The metadata of a version as devpi's clients read it: fields that are one text. */
export const textKeys: readonly string[] = [
  'name',
  'version',
  'metadata_version',
  'summary',
  'home_page',
  'author',
  'author_email',
  'maintainer',
  'maintainer_email',
  'license',
  'description',
  'keywords',
  'download_url',
  'comment',
  'requires_python',
  'description_content_type',
  'license_expression',
];

/** Fields that may be there more than once. */
export const listKeys: readonly string[] = [
  'platform',
  'classifiers',
  'supported_platform',
  'provides',
  'requires',
  'obsoletes',
  'project_urls',
  'provides_dist',
  'obsoletes_dist',
  'requires_dist',
  'requires_external',
  'provides_extras',
  'dynamic',
  'license_file',
];
