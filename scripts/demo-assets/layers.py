#!/usr/bin/env python3
"""Take the vector scenes apart, so that what moves can be drawn on its own.

usage: layers.py SCENES OUT

Writes OUT/NAME.svg for every layer below. A layer names a scene and the
top-level elements to keep (after <defs>, counted from 0); "a.b" reaches into a
group. Everything stays in the scene's own 360 x 640 space.
"""
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", SVG)

LAYERS = {
    # the street without passers-by and lanterns
    "street-empty": ("street", "0 1 2 3 5"),
}
WALKERS = {  # path and head of each passer-by inside the street's first people group
    "street-walker-0": ("0", "1"),
    "street-walker-1": ("2", "3"),
    "street-walker-2": ("4", "5"),
    "street-walker-3": ("6", "7"),
}


def drawn(root):
    return [e for e in root if e.tag != f"{{{SVG}}}defs"]


def write(root, keep, out):
    text = ET.tostring(root, encoding="unicode")
    copy = ET.fromstring(text)
    for i, element in enumerate(drawn(copy)):
        if i not in keep:
            copy.remove(element)
    out.write_text(ET.tostring(copy, encoding="unicode"))


def main(scenes, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for name, (scene, keep) in LAYERS.items():
        root = ET.parse(Path(scenes) / f"scene-{scene}.svg").getroot()
        write(root, {int(k) for k in keep.split()}, out / f"{name}.svg")

    street = ET.parse(Path(scenes) / "scene-street.svg").getroot()
    crowd = drawn(street)[4]
    people, lanterns = crowd[0], list(crowd)[1:]
    defs = ET.tostring(street.find(f"{{{SVG}}}defs"), encoding="unicode")
    blur = crowd.get("filter")
    head = f'<svg xmlns="{SVG}" viewBox="0 0 360 640">{defs}'
    for name, parts in WALKERS.items():
        body = "".join(ET.tostring(people[int(p)], encoding="unicode") for p in parts)
        (out / f"{name}.svg").write_text(f'{head}<g filter="{blur}" fill="#150d0c">{body}</g></svg>')
    for i, lantern in enumerate(lanterns):
        body = ET.tostring(lantern, encoding="unicode")
        (out / f"street-lantern-{i}.svg").write_text(f'{head}<g filter="{blur}">{body}</g></svg>')


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
