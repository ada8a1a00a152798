"""A GPIO chip on USB that is none: Microchip's MCP2221A, as the kernel's own driver (hid-mcp2221) meets it, by /dev/uhid.
Runs in the machine under test; while it runs, the chip is plugged in.

    relay.py FILE     a line for each change of its four pins: seconds of the monotonic clock, and what is high ("0100")

Source of the reports: MCP2221A's data sheet (DS20005565), 3.1: 64 bytes each way, the answer begins with the command.
"""
import os
import struct
import sys
import time

UHID_OUTPUT, UHID_CREATE2, UHID_INPUT2 = 6, 11, 12
DATA_MOST = 4096
BUS_USB, MICROCHIP, MCP2221 = 3, 0x04D8, 0x00DD
# One report of 64 bytes in, and one out, of a page that is the maker's own.
DESCRIPTOR = bytes.fromhex("0600ff0901a101" "0902150026ff0075089540" "8102" "0903150026ff0075089540" "9102" "c0")

STATUS, SET_GPIO, GET_GPIO = 0x10, 0x50, 0x51
PINS = 4
OUT, IN = 0, 1


class Chip:
    def __init__(self, report):
        self.value = [0] * PINS
        self.direction = [IN] * PINS
        self.report = report

    def high(self):
        return "".join(str(v if d == OUT else 0) for v, d in zip(self.value, self.direction))

    def answer(self, asked):
        """To a report of 64 bytes; what it does to the pins is noted first."""
        said = bytearray(64)
        said[0] = asked[0]  # and 0: it was done
        if asked[0] == STATUS:
            said[3] = asked[3]  # the speed of a bus that nobody uses
        elif asked[0] == SET_GPIO:
            said[2:18] = asked[2:18]
            for pin in range(PINS):
                alter_value, value, alter_direction, direction = asked[2 + 4 * pin:6 + 4 * pin]
                if alter_value:
                    self.value[pin] = 1 if value else 0
                if alter_direction:
                    self.direction[pin] = OUT if direction == OUT else IN
            self.report(self.high())
        elif asked[0] == GET_GPIO:
            for pin in range(PINS):
                said[2 + 2 * pin:4 + 2 * pin] = bytes([self.value[pin], self.direction[pin]])
        return bytes(said)


def main():
    last = None
    with open(sys.argv[1], "a", encoding="ascii") as log, open("/dev/uhid", "r+b", buffering=0) as uhid:
        def report(high):
            nonlocal last
            if high != last:
                log.write(f"{time.monotonic():.3f} {high}\n")
                log.flush()
            last = high

        chip = Chip(report)
        report(chip.high())
        create = struct.pack("<I128s64s64sHHIIII", UHID_CREATE2, b"a relay board", b"lanyard", b"1", len(DESCRIPTOR), BUS_USB,
                             MICROCHIP, MCP2221, 0x0100, 0)
        uhid.write(create + DESCRIPTOR.ljust(DATA_MOST, b"\0"))
        while True:
            event = os.read(uhid.fileno(), 8192)
            kind = struct.unpack_from("<I", event)[0]
            if kind != UHID_OUTPUT:
                continue
            size = struct.unpack_from("<H", event, 4 + DATA_MOST)[0]
            asked = event[4:4 + size].ljust(64, b"\0")
            said = chip.answer(asked)
            uhid.write(struct.pack("<IH", UHID_INPUT2, len(said)) + said.ljust(DATA_MOST, b"\0"))


if __name__ == "__main__":
    main()
