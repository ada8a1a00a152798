"""The second disk of a machine under test: a small Debian 13 of its own, with the tools that the kiosk's image has not."""
import os
import pathlib
import shutil
import subprocess

PACKAGES = "v4l-utils,python3-minimal,iproute2,util-linux,usbutils,procps,libcap2-bin,hostapd"


def make(folder, mirror):
    """kit.img in `folder`."""
    folder = pathlib.Path(folder)
    image, root = folder / "kit.img", folder / "kit"
    if not (root / ".whole").exists():
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", "trixie", str(root), mirror],
                       check=True)
        (root / ".whole").touch()
    for program in ("agent.py", "relay.py"):
        shutil.copy(pathlib.Path(__file__).parent / program, root / program)
    image.unlink(missing_ok=True)
    with open(image, "wb") as file:
        os.truncate(file.fileno(), 640 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "lanyard-kit", "-d", str(root), str(image)], check=True)
    return image
