set -gx DEVPI_URL '@URL@'
@CA@
function devpi-env --description 'Show how this shell reaches the Python package index'
    set -l index '@INDEX@'
    set -q DEVPI_INDEX; and set index $DEVPI_INDEX
    set -l username '@USERNAME@'
    set -q DEVPI_USERNAME; and set username $DEVPI_USERNAME
    set -l password 'is not set'
    set -q DEVPI_PASSWORD; and test -n "$DEVPI_PASSWORD"; and set password 'is set'
    set -l pip_index (pip config get global.index-url 2>/dev/null; or echo 'its own default')
    set -q PIP_INDEX_URL; and set pip_index $PIP_INDEX_URL
    printf '%s\n' "DEVPI_URL       $DEVPI_URL" "DEVPI_INDEX     $index" "DEVPI_USERNAME  $username" "DEVPI_PASSWORD  $password" "pip             $pip_index"
    if command -q devpi
        devpi --version
    else
        echo 'devpi           is not installed: pip install devpi-client'
    end
end
function devpi-init-admin --description 'Set the password of root and make the index'
    bash '@SCRIPTS@/devpi-init-admin.sh' $argv
end
function devpi-upload-pkg --description 'Check packages and upload them'
    bash '@SCRIPTS@/devpi-upload-pkg.sh' $argv
end
