# Usage: nonroot.sh ROOT
# Leaves the users that a minimal image has: only who is needed, since the package manager's users stay behind with it.
root=$1
cat > "$root/etc/passwd" <<'END'
root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
END
cat > "$root/etc/group" <<'END'
root:x:0:
tty:x:5:
nogroup:x:65534:
nonroot:x:65532:
END
printf 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n' > "$root/etc/nsswitch.conf"
# Any user of the group root may write here, as is the custom of images that run with any user id.
install -d -o 65532 -g 0 -m 2775 "$root/home/nonroot"
