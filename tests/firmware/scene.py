"""What stands before the kiosk's camera: pictures of codes, played into the kernel's own capture driver (vivid, whose HDMI
output is wired to its input), so that the kiosk's V4L2 code reads real frames of a real device."""
import subprocess

WIDTH, HEIGHT, RATE = 1280, 720, 20
TIMINGS = (f"width={WIDTH},height={HEIGHT},interlaced=0,polarities=3,pixelclock={1650 * 750 * RATE},"
           "hfp=110,hs=40,hbp=220,vfp=5,vs=5,vbp=20")
OUT, IN = "/dev/video1", "/dev/video0"
# As 60-lanyard.rules does for cameras on USB, which no emulator has.
RULE = """SUBSYSTEM=="video4linux", ATTR{name}=="vivid-000-vid-cap", GROUP="video", MODE="0660", SYMLINK+="lanyard/camera"
"""


def frame_of(text):
    """YUYV: a code on white paper in a grey hall; nothing but the hall for None."""
    rows = [bytearray([120]) * WIDTH for _ in range(HEIGHT)]
    if text is not None:
        drawn = subprocess.run(["qrencode", "-t", "ASCIIi", "-m", "4", "-l", "M", "-8"], input=text, capture_output=True,
                               text=True, check=True).stdout.splitlines()
        # Two characters a module; inverted, a blank is dark.
        modules = [[line[2 * x:2 * x + 1] == " " for x in range(len(line) // 2)] for line in drawn if line]
        scale = max(2, min(10, 640 // len(modules)))
        side = len(modules) * scale
        left, top = (WIDTH - side) // 2, (HEIGHT - side) // 2
        for y, line in enumerate(modules):
            pixels = b"".join(bytes([24 if dark else 230]) * scale for dark in line)
            for row in rows[top + y * scale:top + (y + 1) * scale]:
                row[left:left + len(pixels)] = pixels
    frame = bytearray(b"\x80") * (2 * WIDTH * HEIGHT)
    frame[0::2] = b"".join(bytes(row) for row in rows)
    return bytes(frame)


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
        kit = "$KIT v4l2-ctl"
        m.run(f"{kit} -d {OUT} --set-dv-bt-timings {TIMINGS} && "
              f"{kit} -d {OUT} --set-fmt-video-out=width={WIDTH},height={HEIGHT},pixelformat=YUYV && "
              f"{kit} -d {IN} -c hdmi_000_0_is_connected_to=2")
        self.show(None)
        m.run(f"{kit} -d {IN} --set-dv-bt-timings query && "
              f"{kit} -d {IN} --set-fmt-video=width={WIDTH},height={HEIGHT},pixelformat=YUYV")

    def show(self, text):
        self.count += 1
        file = f"/run/scene-{self.count}"
        self.machine.put(file, frame_of(text))
        self.machine.run(f"systemctl stop scene-{self.count - 1} 2>/dev/null; rm -f /run/scene-{self.count - 1}; "
                         f"systemd-run -q --unit=scene-{self.count} chroot /run/kit v4l2-ctl -d {OUT} --stream-out-mmap"
                         f" --stream-from {file} --stream-loop")
