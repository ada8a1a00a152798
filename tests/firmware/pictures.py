"""Pictures of a screen, compared with the one that was kept: small and grey, so that they differ by what people would see."""
import os
import pathlib

STEP = 8  # of the picture's pixels, each way, to one of the small one
# The clock and the date, in shares of the picture: left, top, right, bottom.
CHANGES = [(0.55, 0.0, 1.0, 0.1)]


def read_ppm(file):
    """Width, height and bytes of a binary PPM or PGM, as QEMU and this file write them."""
    data = pathlib.Path(file).read_bytes()
    kind, size, _, pixels = data.split(b"\n", 3)
    width, height = (int(number) for number in size.split())
    return kind, width, height, pixels


def small(file):
    """Width, height and grey pixels: each the mean of a square, of which a few points stand for all."""
    kind, width, height, pixels = read_ppm(file)
    if kind == b"P5":
        return width, height, pixels
    out = bytearray()
    for y in range(0, height - STEP + 1, STEP):
        lines = [pixels[3 * width * (y + dy):3 * width * (y + dy + 1)] for dy in (1, 4, 6)]
        greens = [line[1::3] for line in lines]
        for x in range(0, width - STEP + 1, STEP):
            out.append(sum(sum(green[x + dx] for dx in (1, 4, 6)) for green in greens) // 9)
    return width // STEP, height // STEP, bytes(out)


def mean_colour(file, share=(0.0, 0.0, 1.0, 1.0)):
    """Of a part of the picture, in shares of it: red, green, blue."""
    _, width, height, pixels = read_ppm(file)
    left, top, right, bottom = (int(s * n) for s, n in zip(share, (width, height, width, height)))
    total, count = [0, 0, 0], 0
    for y in range(top, bottom, 16):
        line = pixels[3 * (width * y + left):3 * (width * y + right)]
        for colour in range(3):
            total[colour] += sum(line[colour::48])
        count += len(line[0::48])
    return [value / max(1, count) for value in total]


def is_green(file):
    """Whether it is the welcome of somebody who was admitted: its ground is green, at the edges too."""
    red, green, blue = mean_colour(file, (0.0, 0.92, 1.0, 1.0))
    return green > red + 15 and green > blue + 8


def as_seen_turned(file):
    """The picture as whoever stands before a panel sees it that hangs turned clockwise by a quarter: a file beside it."""
    _, width, height, pixels = read_ppm(file)
    rows = bytearray()
    for x in range(width):
        row = bytearray(3 * height)
        for colour in range(3):
            row[colour::3] = pixels[3 * x + colour::3 * width][::-1]
        rows += row
    seen = pathlib.Path(file).with_suffix(".seen.ppm")
    seen.write_bytes(b"P6\n%d %d\n255\n" % (height, width) + rows)
    return seen


def compare(file, kept, most=6.0):
    """Fails where the mean difference is more than `most` of 255. LANYARD_UPDATE_GOLDEN=1 keeps this one."""
    kept = pathlib.Path(kept)
    width, height, ours = small(file)
    if os.environ.get("LANYARD_UPDATE_GOLDEN"):
        kept.write_bytes(b"P5\n%d %d\n255\n" % (width, height) + ours)
        return
    if (width, height) != small(kept)[:2]:
        raise AssertionError(f"{file} is of another size than {kept}")
    theirs = small(kept)[2]
    total = count = 0
    for y in range(height):
        for x in range(width):
            if any(l <= x / width <= r and t <= y / height <= b for l, t, r, b in CHANGES):
                continue
            total += abs(ours[y * width + x] - theirs[y * width + x])
            count += 1
    if total / count > most:
        raise AssertionError(f"{file} differs from {kept} by {total / count:.1f} of 255")
