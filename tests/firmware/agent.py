"""Runs in the machine under test, in the kit's own root: does what machine.py asks for over the virtio port."""
import base64
import json
import os
import subprocess
import time

PORT = "/dev/virtio-ports/lanyard.test"


def run(question):
    # In the kiosk's own root and namespaces, with the kit's programs behind its own.
    command = ["nsenter", "-t", "1", "-m", "--", "/bin/sh", "-c", question["run"]]
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "KIT": "chroot /run/kit", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                          timeout=question.get("timeout", 60), check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def put(question):
    path = question["put"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(base64.b64decode(question["data"]))
    return 0, ""


def main():
    with open(PORT, "r+b", buffering=0) as port:
        rest = b""
        while True:
            got = port.read(1 << 16)
            if not got:
                # Nobody holds the other end.
                time.sleep(0.2)
                continue
            rest += got
            while b"\n" in rest:
                line, rest = rest.split(b"\n", 1)
                try:
                    question = json.loads(line)
                except ValueError:
                    continue
                try:
                    code, text = (put if "put" in question else run)(question)
                except subprocess.TimeoutExpired:
                    code, text = 124, "it took too long"
                except OSError as error:
                    code, text = 125, str(error)
                answer = json.dumps({"id": question.get("id"), "code": code, "text": text[-200000:]}).encode() + b"\n"
                while answer:
                    answer = answer[port.write(answer):]


main()
