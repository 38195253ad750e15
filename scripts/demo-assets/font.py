#!/usr/bin/env python3
"""Cut the figure font out of Archivo: one weight, semi-condensed, digits and price marks only.

usage: font.py SOURCE.woff2 OUT.woff2

SOURCE is the latin file of Archivo that carries both axes (wght, wdth). The
family is renamed because a subset that answers to "Archivo" would shadow a
full copy installed on the viewer's machine.
"""
import sys

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# The characters a price, a counter or a countdown can hold. Archivo has no Han
# glyphs, so 万 and 亿 stay with the system face beside it.
CHARS = "0123456789¥$€£.,:%×+-−–/ kKwWmM"
FAMILY = "Hawker Figures"


def main(source, out):
    font = TTFont(source, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": 700, "wdth": 87.5})
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["tnum", "lnum", "kern"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    cutter.populate(text=CHARS)
    cutter.subset(font)
    names = {1: FAMILY, 2: "Bold", 3: FAMILY + " Bold", 4: FAMILY + " Bold", 6: "HawkerFigures-Bold"}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    have = set(font.getBestCmap())
    missing = [c for c in CHARS if ord(c) not in have]
    if missing:
        sys.exit("glyphs missing in the source: " + " ".join(missing))
    font.flavor = "woff2"
    font.save(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
