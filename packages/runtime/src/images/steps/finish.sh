# Usage: finish.sh ROOT SCRIPT
# Runs a recipe's last step inside the image, without a network: what it needs comes as packages or files.
root=$1 script=$2
rm -rf "$root"/tmp/*
cp "$script" "$root/tmp/finish.sh"
unshare --net chroot "$root" /bin/bash /tmp/finish.sh
rm "$root/tmp/finish.sh"
