/**
 * Images of other families that have the same inside as those a recipe's own file names: apart from it, because a recipe's
 * image is made anew when its file changes.
 */
export const furtherStandIns: Readonly<Record<string, readonly string[]>> = {
  node: [
    'quay.io/eclipse/che-nodejs8-centos',
    'quay.io/eclipse/che-nodejs8-ubi',
    'quay.io/eclipse/che-nodejs10-community',
    'quay.io/eclipse/che-nodejs10-ubi',
    'quay.io/eclipse/che-nodejs12-community',
    'docker.io/eclipse/che-nodejs8-centos',
    'docker.io/eclipse/che-nodejs10-community',
    'docker.io/eclipse/che-nodejs10-ubi',
  ],
};
