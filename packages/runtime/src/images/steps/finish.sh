# Usage: finish.sh ROOT SCRIPT
# Runs a recipe's last step inside the image.
root=$1 script=$2
rm -rf "$root"/tmp/*
cp "$script" "$root/tmp/finish.sh"
chroot "$root" /bin/bash /tmp/finish.sh
rm "$root/tmp/finish.sh"
