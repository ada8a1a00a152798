"""What stands before the kiosk's camera: pictures of codes, played into the kernel's own capture driver (vivid, whose HDMI
output is wired to its input), so that the kiosk's V4L2 code reads real frames of a real device."""
import subprocess

WIDTH, HEIGHT = 1920, 1080
# CEA-861's 1080p at 24 frames a second: vivid takes none but standard timings, and more frames are an emulator's burden.
TIMINGS = (f"width={WIDTH},height={HEIGHT},interlaced=0,polarities=3,pixelclock=74250000,"
           "hfp=638,hs=44,hbp=148,vfp=4,vs=5,vbp=36")
# What the kiosk picks of the driver's formats; the wire carries a picture to one of the same format alone.
FORMAT = f"width={WIDTH},height={HEIGHT},pixelformat=GREY"
OUT, IN = "/dev/video1", "/dev/video0"
# As 60-lanyard.rules does for cameras on USB, which no emulator has.
# Plugged in, to the kiosk, is what is wired.
RULE = """SUBSYSTEM=="video4linux", ATTR{name}=="vivid-000-vid-cap", TEST=="/run/scene-wired", GROUP="video", MODE="0660", \\
  SYMLINK+="lanyard/camera"
"""


def frame_of(text):
    """Grey: a code on white paper in a grey hall; nothing but the hall for None."""
    rows = [bytearray([120]) * WIDTH for _ in range(HEIGHT)]
    if text is not None:
        drawn = subprocess.run(["qrencode", "-t", "ASCIIi", "-m", "4", "-l", "M", "-8"], input=text, capture_output=True,
                               text=True, check=True).stdout.splitlines()
        # Two characters a module; inverted, a blank is dark.
        modules = [[line[2 * x:2 * x + 1] == " " for x in range(len(line) // 2)] for line in drawn if line]
        scale = max(2, min(12, 820 // len(modules)))
        side = len(modules) * scale
        left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
        for y, line in enumerate(modules):
            pixels = b"".join(bytes([24 if dark else 230]) * scale for dark in line)
            for row in rows[top + y * scale:top + (y + 1) * scale]:
                row[left:left + len(pixels)] = pixels
    return b"".join(bytes(row) for row in rows)


class Scene:
    def __init__(self, machine):
        self.machine = machine
        self.count = 0

    def begin(self):
        """After each start of the machine: the driver, its wire, and an empty hall."""
        m = self.machine
        m.put("/run/udev/rules.d/61-lanyard-test.rules", RULE.encode())
        m.run("udevadm control --reload && modprobe vivid n_devs=1 num_inputs=1 input_types=3 num_outputs=1 output_types=1"
              " node_types=0x101 && udevadm settle")
        self.wire()

    def wire(self):
        m = self.machine
        kit = "$KIT v4l2-ctl"
        m.run(f"{kit} -d {OUT} --set-dv-bt-timings {TIMINGS} && "
              f"{kit} -d {OUT} --set-fmt-video-out={FORMAT} && "
              f"{kit} -d {IN} -c hdmi_000_0_is_connected_to=2,osd_text_mode=2")
        self.show(None)
        m.run(f"{kit} -d {IN} --set-dv-bt-timings {TIMINGS} && "
              f"{kit} -d {IN} --set-fmt-video={FORMAT} && touch /run/scene-wired && "
              "udevadm trigger --action=add --settle /dev/video0")

    def show(self, text):
        self.count += 1
        file = f"/run/scene-{self.count}"
        self.machine.put(file, frame_of(text))
        self.machine.run(f"systemctl stop scene-{self.count - 1} 2>/dev/null; rm -f /run/scene-{self.count - 1}; "
                         f"systemd-run -q --unit=scene-{self.count} chroot /run/kit v4l2-ctl -d {OUT} --stream-out-mmap"
                         f" --stream-from {file} --stream-loop")

    def unplug(self):
        """The camera is pulled out, under whatever reads it."""
        self.machine.run(f"systemctl stop scene-{self.count}; rm -f /run/scene-wired; echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind")

    def plug(self):
        self.machine.run("echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; udevadm settle")
        self.wire()
