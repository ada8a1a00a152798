"""A kiosk's machine as its users have it: what its screen shows, what they hold up and touch."""
import base64
import json
import time

from machine import Machine
from scene import Scene

# What the kiosk says of its screens goes to the journal; it is the same program, with a word more on its command line.
ANNOUNCE = "[Service]\nEnvironment=LANYARD_KIOSK_OPTIONS=--announce\n"


class Kiosk(Machine):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.scene = Scene(self)
        self.drop_in("lanyard-kiosk.service", ANNOUNCE)
        self.on_panel = lambda x, y: (x, y)  # where that is which is shown there

    def drop_in(self, unit, text):
        """What is said to a unit besides what the image says, from the next start on."""
        said = base64.b64encode(text.encode()).decode()
        self.extra += ["-smbios", f"type=11,value=io.systemd.credential.binary:systemd.unit-dropin.{unit}={said}"]

    def come_up(self, timeout=300, camera=True):
        """Waits for the helper, and puts the hall before the camera."""
        self.wait_for_agent(timeout)
        # systemd does not answer before it has looked through all its units.
        self.wait("systemd to answer", lambda: "Version=" in self.run("systemctl show -p Version", check=False), timeout)
        self.run("systemctl is-active -q announced || systemd-run -q --unit=announced --collect sh -c "
                 "'exec journalctl -b -f -n all -o cat -u lanyard-kiosk >/run/announced'")
        if camera:
            self.scene.begin()

    def shown(self):
        """What was announced last; None before anything was."""
        text = self.run("tail -n 40 /run/announced 2>/dev/null || true")
        for line in reversed(text.splitlines()):
            if line.startswith("{"):
                try:
                    return json.loads(line)
                except ValueError:
                    continue
        return None

    def wait_screen(self, screen, timeout=120, **facts):
        def is_it():
            said = self.shown()
            return said if said and said["screen"] == screen and all(said.get(k) == v for k, v in facts.items()) else None
        return self.wait(f"the screen {screen} {facts or ''}; it is {str(self.shown())[:300]}", is_it, timeout)

    def hold_up(self, text, timeout=60):
        """A code, until there is an answer to it; which then is put away."""
        self.scene.show(text)
        try:
            return self.wait(f"an answer to {text[:24]}", lambda: (s := self.shown()) and s["screen"] in
                             ("admitted", "refused", "badge_preview") and s, timeout)
        finally:
            self.scene.show(None)

    def press(self, control, seconds=0.25):
        said = self.wait(f"the control {control}", lambda: (s := self.shown()) and control in s["controls"] and s, 60)
        x, y, w, h = said["controls"][control]
        self.touch(*self.on_panel(x + w / 2, y + h / 2), seconds)
        time.sleep(0.3)
