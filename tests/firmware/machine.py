"""A kiosk's machine in QEMU, from the outside: power, screen, touch, keyboard, plugs, and a line to a helper inside.

The image is the one that is shipped. What is added for the test is handed in by the firmware (SMBIOS), as somebody who
owns the machine's firmware could where Secure Boot is off: a unit that mounts a second disk (kit.py) and runs agent.py
of it, which answers over a virtio port.
"""
import base64
import json
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

# Without Secure Boot, and with it, for which it wants a processor's mode that no system sees. Neither has keys yet.
FIRMWARE, SECURE_FIRMWARE = "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
NO_KEYS = "/usr/share/OVMF/OVMF_VARS_4M.fd"
UPRIGHT = (1080, 1920)

AGENT_UNIT = """[Unit]
Description=The test's helper
DefaultDependencies=no
After=systemd-udevd.service
[Service]
Type=exec
Restart=always
ExecStart=/bin/sh -c 'until [ -e /dev/disk/by-label/lanyard-kit ] && [ -e /dev/virtio-ports/lanyard.test ]; do sleep 0.2; done; \
 mountpoint -q /run/kit || { mkdir -p /run/kit && mount -o ro /dev/disk/by-label/lanyard-kit /run/kit && \
 for folder in dev proc sys run; do mount --bind --make-private /$folder /run/kit/$folder; done; }; \
 exec chroot /run/kit python3 -u /agent.py'
"""
# All that TCG has, less "rep movsb" and "rep stosb" being fast: Linux would clear and copy its pages by them, and TCG does a byte
# at a time.
PROCESSOR = "max,-erms,-fsrm"


class Gone(Exception):
    """The machine, or its helper, does not answer."""


class Machine:
    def __init__(self, image, kit, folder, *, memory=2048, tpm=False, extra=(), without_agent=False, secure=False,
                 panel=UPRIGHT):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.image, self.kit = image, kit
        self.memory, self.tpm, self.extra, self.without_agent, self.secure = memory, tpm, list(extra), without_agent, secure
        self.panel = panel  # its pixels, by its own edges
        self.disk = self.folder / "disk.qcow2"
        self.process = None
        self.started = 0.0
        self.log = open(self.folder / "machine.log", "a", encoding="utf-8")

    # --- power

    def new_disk(self, size="12G"):
        self.disk.unlink(missing_ok=True)
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(pathlib.Path(self.image).resolve()),
                        "-F", "raw", str(self.disk), size], check=True)
        shutil.copy(NO_KEYS, self.folder / "vars.fd")

    def power_on(self, cmdline=""):
        for name in ("qmp", "agent"):
            (self.folder / name).unlink(missing_ok=True)
        unit = base64.b64encode(AGENT_UNIT.encode()).decode()
        said = ("systemd.import_credentials=yes systemd.wants=lanyard-test.service " if not self.without_agent else "")
        said = (said + "console=ttyS0 " + cmdline).replace(",", ",,")
        f = self.folder
        command = [
            "qemu-system-x86_64", "-machine", f"q35,smm={'on' if self.secure else 'off'}", "-cpu", PROCESSOR, "-accel", "tcg,thread=multi", "-smp", "2",
            "-m", str(self.memory), "-display", "none", "-vga", "none", "-nodefaults",
            "-device", "virtio-gpu-pci,xres={},yres={}".format(*self.panel),
            "-device", "i6300esb", "-action", "watchdog=reset",
            "-device", "qemu-xhci,id=usb", "-device", "usb-tablet,bus=usb.0,id=touch",
            "-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={SECURE_FIRMWARE if self.secure else FIRMWARE}",
            "-drive", f"if=pflash,format=raw,unit=1,file={f}/vars.fd",
            "-drive", f"file={self.disk},format=qcow2,if=none,id=disk,discard=unmap,cache=writeback",
            "-device", "virtio-blk-pci,drive=disk,bootindex=1",
            "-drive", f"file={self.kit},format=raw,if=none,id=kit,readonly=on", "-device", "virtio-blk-pci,drive=kit",
            "-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0", "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=agent,path={f}/agent,server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=lanyard.test",
            "-serial", f"file:{f}/serial.log", "-qmp", f"unix:{f}/qmp,server=on,wait=off",
            "-smbios", "type=1,uuid=11111111-2222-4333-8444-555555555555",
            "-smbios", f"type=11,value=io.systemd.stub.kernel-cmdline-extra={said}",
        ]
        if not self.without_agent:
            command += ["-smbios",
                        f"type=11,value=io.systemd.credential.binary:systemd.extra-unit.lanyard-test.service={unit}"]
        if self.secure:
            command += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
        if self.tpm:
            state = f / "tpm"
            state.mkdir(exist_ok=True)
            subprocess.Popen(["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl",
                              f"type=unixio,path={f}/tpm.sock", "--terminate"], stdout=self.log, stderr=self.log)
            command += ["-chardev", f"socket,id=tpm,path={f}/tpm.sock", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                        "-device", "tpm-crb,tpmdev=tpm0"]
        self.process = subprocess.Popen(command + self.extra, stdout=self.log, stderr=self.log)
        self.started = time.monotonic()
        self._qmp = self._agent = None
        self._next = 0
        deadline = time.monotonic() + 20
        while self._qmp is None:
            try:
                self._qmp = Qmp(f / "qmp")
            except OSError as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise Gone(f"QEMU did not start: see {f}/machine.log") from error
                time.sleep(0.1)

    def cut_power(self):
        """As a pulled plug does: nothing is flushed that the guest did not flush."""
        self.process.kill()
        self.process.wait()

    def reset(self):
        self.qmp("system_reset")
        self.started = time.monotonic()
        self._agent = None

    def is_on(self):
        return self.process is not None and self.process.poll() is None

    # --- from outside

    def qmp(self, command, **arguments):
        return self._qmp.ask(command, arguments)

    def events(self, name):
        return self._qmp.count(name)

    def screen(self, name="screen"):
        """The picture on the screen, as a file of PPM."""
        file = self.folder / f"{name}.ppm"
        self.qmp("screendump", filename=str(file))
        return file

    def touch(self, x, y, seconds=0.25):
        """At a point in pixels of the panel, for so long."""
        place = [{"type": "abs", "data": {"axis": "x", "value": int(x * 32767 / self.panel[0])}},
                 {"type": "abs", "data": {"axis": "y", "value": int(y * 32767 / self.panel[1])}}]
        self.qmp("input-send-event", events=place)
        time.sleep(0.15)
        self.qmp("input-send-event", events=[{"type": "btn", "data": {"button": "left", "down": True}}])
        time.sleep(seconds)
        self.qmp("input-send-event", events=[{"type": "btn", "data": {"button": "left", "down": False}}])
        time.sleep(0.15)

    def keys(self, *names):
        """Pressed together, by QEMU's names of them: "ctrl", "alt", "f2"."""
        self.qmp("send-key", keys=[{"type": "qcode", "data": name} for name in names], **{"hold-time": 120})

    def plug_in_stick(self, file):
        """A USB stick with this file's bytes; pulled out by device_del of "stick"."""
        self.qmp("blockdev-add", **{"node-name": "stick", "driver": "raw", "file": {"driver": "file", "filename": str(file)}})
        self.qmp("device_add", driver="usb-storage", id="stick", drive="stick", bus="usb.0")

    # --- from inside

    def run(self, command, timeout=60, check=True):
        """A shell command in the machine, as root; its output."""
        deadline = time.monotonic() + timeout
        if self._agent is None:
            self._agent = Agent(self.folder / "agent", deadline)
        code, text = self._agent.ask({"run": command, "timeout": timeout}, deadline)
        # systemd, on a processor that has too much to do, hangs up on those who wait for it.
        while code != 0 and re.search("Transport endpoint is not connected|Failed to connect to .* bus", text):
            if time.monotonic() > deadline - 2:
                break
            time.sleep(1)
            code, text = self._agent.ask({"run": command, "timeout": timeout}, deadline)
        if check and code != 0:
            raise AssertionError(f"{command}: exit {code}: {text[-2000:]}")
        return text

    def put(self, path, data):
        """Bytes into a file of the machine's memory."""
        self.run("true")
        code, text = self._agent.ask({"put": path, "data": base64.b64encode(data).decode()}, time.monotonic() + 60)
        if code != 0:
            raise AssertionError(f"{path} was not written: {text}")

    def wait_for_agent(self, timeout=240):
        deadline = time.monotonic() + timeout
        while True:
            try:
                self._agent = Agent(self.folder / "agent", min(deadline, time.monotonic() + 5))
                self._agent.ask({"run": "true", "timeout": 5}, min(deadline, time.monotonic() + 5))
                return
            except (Gone, OSError) as error:
                self._agent = None
                if time.monotonic() > deadline or not self.is_on():
                    raise Gone(f"nothing answers inside: see {self.folder}/serial.log") from error
                time.sleep(0.5)

    def wait(self, what, condition, timeout=120, every=0.5):
        deadline = time.monotonic() + timeout
        while True:
            got = condition()
            if got:
                return got
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {timeout} s in vain: {what}")
            time.sleep(every)


class Qmp:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rw")
        self.answers, self.seen = [], []
        self.lock = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        self.ask("qmp_capabilities", {})

    def _read(self):
        for line in self.file:
            said = json.loads(line)
            with self.lock:
                if "event" in said:
                    self.seen.append(said["event"])
                elif "QMP" not in said:
                    self.answers.append(said)
                self.lock.notify_all()

    def count(self, name):
        with self.lock:
            return self.seen.count(name)

    def ask(self, command, arguments):
        with self.lock:
            self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
            self.file.flush()
            if not self.lock.wait_for(lambda: self.answers, 60):
                raise Gone(f"QEMU does not answer {command}")
            said = self.answers.pop(0)
        if "error" in said:
            raise AssertionError(f"{command}: {said['error']}")
        return said.get("return")


class Agent:
    """A line to agent.py: a question at a time, each with a number, so that late answers to others are told apart."""
    number = 0

    def __init__(self, path, deadline):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.rest = b""

    def ask(self, question, deadline):
        Agent.number += 1
        self.socket.settimeout(max(0.1, deadline - time.monotonic()))
        try:
            self.socket.sendall(json.dumps({"id": Agent.number, **question}).encode() + b"\n")
            while True:
                while b"\n" not in self.rest:
                    self.socket.settimeout(max(0.1, deadline - time.monotonic()))
                    got = self.socket.recv(1 << 16)
                    if not got:
                        raise Gone("the line to the helper is cut")
                    self.rest += got
                line, self.rest = self.rest.split(b"\n", 1)
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if said.get("id") == Agent.number:
                    return said["code"], said["text"]
        except socket.timeout as error:
            raise Gone("the helper does not answer") from error
